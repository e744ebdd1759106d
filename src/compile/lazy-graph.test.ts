import { expect, test } from "vitest";
import { columnLinks } from "../graph/column-walks.ts";
import type { Graph } from "../graph/graph.ts";
import type { QueryLineage } from "../graph/lineage.ts";
import { downstream, impacts } from "../graph/walks.ts";
import { lazyGraph } from "./lazy-graph.ts";
import { nodeKey, nodeText, sketchOf } from "./piece.ts";

const idAt = (at: number): string => `a.m${String(at).padStart(3, "0")}`;

/** Each model reads the one before it. */
const nodes = Array.from({ length: 100 }, (_, at) => ({
  id: idAt(at),
  path: `models/a/${at}.sql`,
  tags: [],
  ...(at === 0 ? { story: "first" } : {}),
  columns: [{ name: "n", engineType: "BIGINT" }],
  checks: [],
  kind: "model" as const,
  inputs: at === 0 ? [] : [idAt(at - 1)],
  by: { kind: "sql" as const, sql: "select 1 as n", ordered: false },
  parameters: [],
  lineage: lineageOf(at),
  fingerprint: String(at),
  auditFingerprint: "",
}));

function lineageOf(at: number): QueryLineage {
  const direct = at === 0 ? [] : [{ dataset: idAt(at - 1), column: "n", kind: "identity" as const }];
  return { rows: [], columns: [{ column: "n", direct, indirect: [], kind: "identity", proven: true }] };
}

/** The graph, and how many texts each of its questions was about. */
function opened(): { readonly graph: Graph; readonly questions: number[] } {
  const texts = new Map(nodes.map((node) => [nodeKey(nodeText(node)), nodeText(node)]));
  const project = { name: "p", storage: "", state: "", engine: {}, publish: "good" as const };
  const outline = {
    format: 1,
    project,
    nodes: [...texts.keys()],
    sources: 0,
    consumers: [],
    stories: [],
  } as const;
  const questions: number[] = [];
  const graph = lazyGraph(outline, nodes.map(sketchOf), (keys) => {
    questions.push(keys.length);
    return keys.map((key) => texts.get(key) ?? { head: "" });
  });
  return { graph, questions };
}

test("walks read no text", () => {
  const { graph, questions } = opened();
  expect(downstream(graph, [idAt(90)]).size).toBe(10);
  expect(impacts(graph).get(idAt(0))?.stories).toEqual(["first"]);
  expect(questions).toEqual([]);
});

test("a text is read once, when its node is looked at", () => {
  const { graph, questions } = opened();
  const links = columnLinks(graph);
  for (let time = 0; time < 2; time++)
    expect(links.sources({ dataset: idAt(5), column: "n" })).toMatchObject([
      { dataset: idAt(4), column: "n" },
    ]);
  expect(graph.datasets[5]?.fingerprint).toBe("5");
  expect(questions).toEqual([1]);
});

test("whoever looks here and there reads what they look at", () => {
  const { graph, questions } = opened();
  for (let at = 99; at > 60; at -= 1) expect(graph.datasets[at]?.fingerprint).toBe(String(at));
  expect(questions).toEqual(Array(39).fill(1));
});

test("whoever looks at one after the other, or at most of them, reads all in one", () => {
  const { graph, questions } = opened();
  expect(graph.datasets.map(({ fingerprint }) => fingerprint)).toEqual(nodes.map((_, at) => String(at)));
  expect(questions.length).toBeLessThan(12);
  expect(questions.at(-1)).toBe(100);
  const other = opened();
  for (let at = 99; at >= 0; at -= 1) expect(other.graph.datasets[at]?.fingerprint).toBe(String(at));
  expect(other.questions.slice(-2)).toEqual([1, 100]);
});

test("it is written as what it is", () => {
  const { graph } = opened();
  expect(JSON.parse(JSON.stringify(graph.datasets))).toEqual(nodes);
});

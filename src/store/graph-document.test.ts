import { expect, test } from "vitest";
import type { Graph, ModelNode } from "../graph/graph.ts";
import { packDocument } from "./documents.ts";
import { packGraph, unpackGraph } from "./graph-document.ts";

const model = (id: string, more: Partial<ModelNode> = {}): ModelNode => ({
  kind: "model",
  id,
  path: `models/${id}.sql`,
  description: "two\nlines",
  tags: [],
  checks: [],
  columns: [{ name: "a\nb", engineType: "VARCHAR" }],
  fingerprint: "f",
  auditFingerprint: "a",
  inputs: [],
  by: { kind: "sql", sql: "select 1\n-- \u2028", ordered: false },
  parameters: [],
  ...more,
});
const graph: Graph = {
  format: 1,
  project: { name: "p", storage: "", state: "", engine: {}, publish: "good" },
  datasets: [
    model("m.plain"),
    model("m.followed", {
      lineage: {
        rows: [{ dataset: "raw.a", column: "x\ny", by: "filter" }],
        columns: [{ column: "a\nb", direct: [], indirect: [], kind: "constant", proven: true }],
      },
    }),
    model("m.last"),
  ],
  consumers: [],
  stories: [],
};

test("a project comes back as it was, lineage and all", () => {
  const back = unpackGraph(packGraph(graph), "the project");
  expect(structuredClone(back)).toEqual(graph);
  expect(JSON.parse(JSON.stringify(back))).toEqual(graph);
  expect(unpackGraph(packGraph(back), "the project").datasets[1]).toHaveProperty("lineage.rows.length", 1);
});

test("one that was kept in one piece is read as well", () => {
  expect(unpackGraph(packDocument(graph), "the project")).toEqual(graph);
});

test("one that is damaged is told by its name", () => {
  const bytes = packGraph(graph);
  expect(() => unpackGraph(bytes.slice(0, 20), 'the project "x"')).toThrow('the record of the project "x"');
});

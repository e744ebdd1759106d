import { expect, test } from "vitest";
import { columnLinks, columnsRead } from "./column-walks.ts";
import type { DatasetNode, Graph, ModelNode, SourceNode } from "./graph.ts";
import type { QueryLineage } from "./lineage.ts";

const settings = { tags: [], checks: [], fingerprint: "f", auditFingerprint: "a" };
const columns = (names: readonly string[]) => names.map((name) => ({ name, engineType: "VARCHAR" }));
const source = (id: string, ...names: string[]): SourceNode => ({
  ...settings,
  id,
  path: `sources/${id}.ts`,
  kind: "source",
  inputs: [],
  columns: columns(names),
  from: { kind: "files", patterns: [] },
  quarantine: { warn: 0, stop: 0 },
});
const model = (
  id: string,
  inputs: readonly string[],
  names: readonly string[],
  lineage?: QueryLineage,
): ModelNode => ({
  ...settings,
  id,
  path: `models/${id}.sql`,
  kind: "model",
  inputs,
  columns: columns(names),
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  ...(lineage === undefined ? {} : { lineage }),
});
const copied = (dataset: string, column: string, proven = true): QueryLineage["columns"][number] => ({
  column,
  direct: [{ dataset, column, kind: "identity" }],
  indirect: [],
  kind: "identity",
  proven,
});
const graph = (datasets: readonly DatasetNode[], consumers: Graph["consumers"] = []): Graph => ({
  format: 1,
  project: { name: "p", storage: "", state: "", engine: {}, publish: "good" },
  datasets,
  consumers,
  stories: [],
});
const names = (refs: readonly { readonly dataset: string; readonly column: string }[]): string[] =>
  refs.map(({ dataset, column }) => `${dataset}.${column}`);

const raw = source("raw.talk", "id", "Body", "kind", "spare");
const clean = model("m.clean", ["raw.talk"], ["id", "body"], {
  rows: [{ dataset: "raw.talk", column: "kind", by: "filter" }],
  columns: [
    copied("raw.talk", "id"),
    {
      column: "body",
      direct: [{ dataset: "raw.talk", column: "Body", kind: "expression" }],
      indirect: [{ dataset: "raw.talk", column: "id", by: "window" }],
      kind: "expression",
      proven: true,
    },
  ],
});
const opaque = model("m.opaque", ["m.clean"], ["x", "y"]);

test("values, influences and rows are told apart, in both directions", () => {
  const links = columnLinks(graph([raw, clean]));
  expect(links.sources({ dataset: "m.clean", column: "body" })).toEqual([
    { dataset: "raw.talk", column: "Body", direct: "expression", indirect: [], rows: [], proven: true },
    { dataset: "raw.talk", column: "id", indirect: ["window"], rows: [], proven: true },
    { dataset: "raw.talk", column: "kind", indirect: [], rows: ["filter"], proven: true },
  ]);
  expect(links.readers({ dataset: "raw.talk", column: "id" })).toEqual([
    { dataset: "m.clean", column: "id", direct: "identity", indirect: [], rows: [], proven: true },
    { dataset: "m.clean", column: "body", indirect: ["window"], rows: [], proven: true },
  ]);
});

test("a column that filters bears on every column; one that nobody reads on none", () => {
  const links = columnLinks(graph([raw, clean]));
  expect(names(links.readers({ dataset: "raw.talk", column: "kind" }))).toEqual([
    "m.clean.id",
    "m.clean.body",
  ]);
  expect(links.readers({ dataset: "raw.talk", column: "spare" })).toEqual([]);
});

test("letter case does not tell columns apart", () => {
  const links = columnLinks(graph([raw, clean]));
  expect(names(links.downstream({ dataset: "raw.talk", column: "BODY" }))).toEqual(["m.clean.body"]);
});

test("what is not proven depends on everything, and says so all the way", () => {
  const last = model("m.last", ["m.opaque"], ["x"], { rows: [], columns: [copied("m.opaque", "x")] });
  const links = columnLinks(graph([raw, clean, opaque, last]));
  expect(links.downstream({ dataset: "raw.talk", column: "Body" })).toEqual([
    { dataset: "m.clean", column: "body", proven: true },
    { dataset: "m.opaque", column: "x", proven: false },
    { dataset: "m.opaque", column: "y", proven: false },
    { dataset: "m.last", column: "x", proven: false },
  ]);
  expect(names(links.upstream({ dataset: "m.last", column: "x" }))).toEqual([
    "m.opaque.x",
    "m.clean.id",
    "m.clean.body",
    "raw.talk.id",
    "raw.talk.kind",
    "raw.talk.Body",
  ]);
});

test("consumers read the columns they name, or all", () => {
  const links = columnLinks(
    graph(
      [raw, clean],
      [
        { name: "all", path: "", type: "report", reads: ["m.clean"] },
        { name: "some", path: "", type: "report", reads: ["m.clean"], columns: { "m.clean": ["body"] } },
      ],
    ),
  );
  const readers = (column: string) =>
    links.consumersOf({ dataset: "m.clean", column }).map(({ name }) => name);
  expect(readers("body")).toEqual(["all", "some"]);
  expect(readers("id")).toEqual(["all"]);
});

test("the columns a model reads are known only where every column is proven", () => {
  expect(columnsRead(clean)).toEqual(new Map([["raw.talk", new Set(["kind", "id", "Body"])]]));
  expect(columnsRead(opaque)).toBeUndefined();
  const half: QueryLineage = {
    rows: [],
    columns: [copied("raw.talk", "id"), copied("raw.talk", "Body", false)],
  };
  expect(columnsRead(model("m.half", ["raw.talk"], ["id", "Body"], half))).toBeUndefined();
});

test("a walk through a thousand wide models that deduplicate takes a moment", () => {
  const wide = Array.from({ length: 100 }, (_, index) => `c${index}`);
  const datasets: DatasetNode[] = [source("raw.d0", ...wide)];
  for (let index = 1; index <= 1000; index++) {
    const input = index === 1 ? "raw.d0" : `m.d${index - 1}`;
    datasets.push(
      model(`m.d${index}`, [input], wide, {
        rows: wide.slice(0, 5).map((column) => ({ dataset: input, column, by: "group" })),
        columns: wide.map((column) => copied(input, column)),
      }),
    );
  }
  const started = process.cpuUsage();
  expect(columnLinks(graph(datasets)).downstream({ dataset: "raw.d0", column: "c7" })).toHaveLength(1000);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(2);
});

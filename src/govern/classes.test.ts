import { expect, test } from "vitest";
import type { DatasetNode, Graph, GraphColumn, ModelNode, SourceNode } from "../graph/graph.ts";
import type { ColumnLineage, QueryLineage } from "../graph/lineage.ts";
import { classesOf } from "./classes.ts";

const column = (name: string, ...tags: string[]): GraphColumn => ({
  name,
  engineType: "VARCHAR",
  declared: { type: "text", nullable: true, key: false, unique: false, tags },
});
const shared = { path: "", tags: [], checks: [], fingerprint: "", auditFingerprint: "" };
const source = (id: string, ...columns: GraphColumn[]): SourceNode => ({
  ...shared,
  id,
  columns,
  kind: "source",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 1 },
});
const model = (id: string, inputs: string[], ...columns: GraphColumn[]): ModelNode => ({
  ...shared,
  id,
  columns,
  kind: "model",
  inputs,
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
});

const flow = (column: string, ...from: string[]): ColumnLineage => ({
  column,
  direct: from.map((source) => {
    const dot = source.lastIndexOf(".");
    return { dataset: source.slice(0, dot), column: source.slice(dot + 1), kind: "expression" };
  }),
  indirect: [],
  kind: from.length === 0 ? "constant" : "expression",
  proven: true,
});
const traced = (node: ModelNode, lineage: Partial<QueryLineage>): ModelNode => ({
  ...node,
  lineage: { rows: [], columns: [], ...lineage },
});
const classes = (...datasets: DatasetNode[]) => classesOf({ datasets } as unknown as Graph);

test("where nothing is known of its columns, a model holds whatever its inputs hold", () => {
  const found = classes(
    source("raw.a", column("mail", "pii.email"), column("n")),
    source("raw.b", column("contact", "pii.email")),
    source("raw.c", column("n")),
    model("m.joined", ["raw.a", "raw.b"], column("mail", "pii.email")),
    model("m.count", ["m.joined"], column("n")),
    model("m.clean", ["raw.c"], column("n")),
  );
  const from = ["raw.a.mail", "raw.b.contact"];
  expect(found.get("m.joined")).toEqual([{ class: "pii.email", from, columns: ["mail"], declared: true }]);
  expect(found.get("m.count")).toEqual([{ class: "pii.email", from, columns: ["n"], declared: false }]);
  expect(found.get("m.clean")).toEqual([]);
});

test("a class follows the values, through any number of models, and not what only filters", () => {
  const raw = source("raw.a", column("mail", "pii.email"), column("city", "pii.place"), column("n"));
  const kept = traced(model("m.kept", ["raw.a"], column("address"), column("where"), column("n")), {
    rows: [{ dataset: "raw.a", column: "city", by: "filter" }],
    columns: [
      flow("address", "raw.a.mail", "raw.a.n"),
      flow("where", "raw.a.city", "raw.a.mail"),
      flow("n", "raw.a.n"),
    ],
  });
  const counted = traced(model("m.counted", ["m.kept"], column("n"), column("one")), {
    rows: [{ dataset: "m.kept", column: "address", by: "group" }],
    columns: [flow("n", "m.kept.n"), flow("one")],
  });
  const passed = traced(model("m.passed", ["m.kept"], column("to", "pii.contact")), {
    columns: [flow("to", "m.kept.address")],
  });
  const found = classes(raw, kept, counted, passed);
  expect(found.get("m.kept")).toEqual([
    { class: "pii.email", from: ["raw.a.mail"], columns: ["address", "where"], declared: false },
    { class: "pii.place", from: ["raw.a.city"], columns: ["where"], declared: false },
  ]);
  expect(found.get("m.counted")).toEqual([]);
  expect(found.get("m.passed")).toEqual([
    { class: "pii.contact", from: ["m.passed.to"], columns: ["to"], declared: true },
    { class: "pii.email", from: ["raw.a.mail"], columns: ["to"], declared: false },
  ]);
});

test("an unproven column holds whatever the inputs hold, and so does one from a column nobody knows", () => {
  const raw = source("raw.a", column("mail", "pii.email"), column("n"));
  const unproven = { ...flow("guess"), proven: false };
  const node = traced(
    model("m.odd", ["raw.a"], column("guess"), column("lost"), column("n"), column("new")),
    {
      columns: [unproven, flow("lost", "raw.a.gone"), flow("n", "raw.a.n")],
    },
  );
  expect(classes(raw, node).get("m.odd")).toEqual([
    { class: "pii.email", from: ["raw.a.mail"], columns: ["guess", "lost", "new"], declared: false },
  ]);
});

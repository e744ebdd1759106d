import { expect, test } from "vitest";
import type { Graph, GraphColumn, ModelNode, SourceNode } from "../graph/graph.ts";
import type { ColumnLineage } from "../graph/lineage.ts";
import { personalColumns } from "./personal-columns.ts";

const shared = { path: "", tags: [], checks: [], fingerprint: "", auditFingerprint: "" };
const inferred = (name: string): GraphColumn => ({ name, engineType: "VARCHAR" });
const declared = (name: string, ...tags: string[]): GraphColumn => ({
  ...inferred(name),
  declared: { type: "text", nullable: true, key: false, unique: false, tags },
});
const people: SourceNode = {
  ...shared,
  id: "raw.people",
  kind: "source",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 1 },
  columns: [declared("mail", "pii.email"), declared("city"), declared("pile", "piiless")],
};
const model = (id: string, input: string, columns: GraphColumn[], lineage?: ColumnLineage[]): ModelNode => ({
  ...shared,
  id,
  kind: "model",
  inputs: [input],
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  columns,
  ...(lineage ? { lineage: { rows: [], columns: lineage } } : {}),
});
const from = (column: string, source: string, proven = true): ColumnLineage => ({
  column,
  direct: [{ dataset: "raw.people", column: source, kind: "expression" }],
  indirect: [{ dataset: "raw.people", column: "mail", by: "order" }],
  kind: "expression",
  proven,
});

test("what is tagged is personal, and so is what its values flow into, not what it merely decides about", () => {
  const graph = {
    datasets: [
      people,
      model(
        "m.proven",
        "raw.people",
        [inferred("who"), inferred("where")],
        [from("who", "mail"), from("where", "city")],
      ),
      model(
        "m.next",
        "m.proven",
        [inferred("a"), inferred("b")],
        [
          { ...from("a", ""), direct: [{ dataset: "m.proven", column: "who", kind: "aggregate" }] },
          { ...from("b", ""), direct: [{ dataset: "m.proven", column: "where", kind: "identity" }] },
        ],
      ),
      model(
        "m.unproven",
        "raw.people",
        [inferred("a"), declared("b")],
        [from("a", "city", false), from("b", "city", false)],
      ),
      model("m.unknown", "raw.people", [inferred("a"), declared("b"), declared("c", "pii")]),
      model("m.far", "m.unproven", [inferred("x")]),
    ],
  } as unknown as Graph;
  const columns = Object.fromEntries(
    [...personalColumns(graph)].map(([id, names]) => [id, [...names].toSorted()]),
  );
  expect(columns).toEqual({
    "raw.people": ["mail"],
    "m.proven": ["who"],
    "m.next": ["a"],
    "m.unproven": ["a", "b"],
    "m.unknown": ["a", "b", "c"],
    "m.far": ["x"],
  });
});

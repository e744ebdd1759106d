import { expect, test } from "vitest";
import type { DatasetNode } from "../graph/graph.ts";
import type { Stage } from "./plan.ts";
import { schedule } from "./schedule.ts";

const node = (id: string, inputs: readonly string[], refersTo: readonly string[] = []): DatasetNode =>
  ({
    id,
    kind: "model",
    path: `models/${id}.sql`,
    inputs,
    by: { kind: "sql", sql: "", ordered: false },
    parameters: [],
    tags: [],
    columns: [],
    checks: refersTo.map((other) => ({
      check: "references",
      name: other,
      severity: "stop",
      column: "id",
      to: `${other}.id`,
    })),
    fingerprint: "",
    auditFingerprint: "",
    meaning: { query: "" },
  }) as unknown as DatasetNode;

const scheduled = (nodes: readonly DatasetNode[]): Record<string, readonly string[]> => {
  const stages = nodes.map(({ id }): Stage => ({
    kind: "build",
    dataset: id,
    reason: { because: "new" },
    consumers: [],
    stories: [],
  }));
  const order = schedule(stages, new Map(nodes.map((one) => [one.id, one])));
  return Object.fromEntries(order.map(({ stage, after }) => [stage.dataset, after]));
};

test("what a check refers to comes first, whatever the names", () => {
  const order = scheduled([node("s.lines", ["r.lines"], ["s.orders"]), node("s.orders", ["r.orders"])]);
  expect(Object.keys(order)).toEqual(["s.orders", "s.lines"]);
  expect(order["s.lines"]).toEqual(["s.orders"]);
});

test("a reference that leads in a circle is not waited for, and inputs still are", () => {
  const order = scheduled([
    node("s.a", [], ["s.c"]),
    node("s.b", ["s.a"], ["s.d"]),
    node("s.c", ["s.b"]),
    node("s.d", []),
  ]);
  expect(order["s.a"]).toEqual([]);
  expect(order["s.b"]).toContain("s.a");
  expect(order["s.c"]).toEqual(["s.b"]);
  expect(Object.keys(order)).toHaveLength(4);
});

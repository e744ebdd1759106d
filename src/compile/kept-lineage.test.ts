import { expect, test } from "vitest";
import type { QueryLineage } from "../graph/lineage.ts";
import { keptLineage } from "./kept-lineage.ts";

const dataset = "raw.changes";
const query: QueryLineage = {
  rows: [{ dataset, column: "amount", by: "filter" }],
  columns: ["id", "at", "gone", "state"].map((column) => ({
    column,
    direct: [{ dataset, column, kind: "identity" }],
    indirect: [],
    kind: "identity",
    proven: true,
  })),
};
const rows = (kept: Parameters<typeof keptLineage>[1]) =>
  keptLineage(query, kept).rows.map(({ column, by }) => `${column}: ${by}`);

test("what a model is kept by bears on all of its columns", () => {
  const upsert = { kind: "upsert", over: dataset, key: ["id"], order: "at" } as const;
  expect(rows(upsert)).toEqual(["amount: filter", "at: order", "id: group"]);
  expect(rows({ ...upsert, deleted: "gone" })).toEqual([
    "amount: filter",
    "at: order",
    "gone: filter",
    "id: group",
  ]);
  expect(
    rows({ kind: "interval", by: "at", grain: "day", times: { [dataset]: "sent" }, lookback: 0 }),
  ).toEqual(["amount: filter", "sent: filter"]);
  expect(rows({ kind: "append", over: dataset })).toEqual(["amount: filter"]);
  expect(rows(undefined)).toEqual(["amount: filter"]);
});

import { expect, test } from "vitest";
import type { Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import type { Version } from "../graph/version.ts";
import { comparedColumns } from "./compared-columns.ts";

const columns = ["at", "product", "note"].map((name) => ({ name, engineType: "VARCHAR" }));
const source = { kind: "source", id: "raw.orders", columns } as unknown as SourceNode;

/** A model that reads two of three columns. */
function reader(materialized?: Materialized): ModelNode {
  const direct = ["at", "product"].map((column) => ({ dataset: "raw.orders", column, kind: "identity" }));
  const column = { column: "x", direct, indirect: [], kind: "identity", proven: true };
  return {
    kind: "model",
    id: "shop.reader",
    columns: [{ name: "x", engineType: "VARCHAR" }],
    inputs: ["raw.orders", "raw.rates"],
    lineage: { rows: [], columns: [column] },
    ...(materialized === undefined ? {} : { materialized }),
  } as unknown as ModelNode;
}

const current = { contentHash: "before" } as Version;
const compared = (model: ModelNode, sharesFiles: boolean): readonly string[] | undefined =>
  comparedColumns({ datasets: [source, model] } as unknown as Graph, source, current, sharesFiles)?.columns;

const byFile: readonly Materialized[] = [
  { kind: "append", over: "raw.orders" },
  { kind: "interval", by: "x", grain: "day", times: { "raw.orders": "at" }, lookback: 0 },
  { kind: "upsert", over: "raw.orders", key: ["x"], order: "x" },
];
const whole: readonly (Materialized | undefined)[] = [
  undefined,
  { kind: "view" },
  { kind: "append", over: "raw.rates" },
  { kind: "interval", by: "x", grain: "day", times: { "raw.rates": "at" }, lookback: 0 },
  { kind: "upsert", over: "raw.rates", key: ["x"], order: "x" },
];

test.each(byFile)("for a reader of files ($kind) columns are compared only where no file stays", (kept) => {
  expect(compared(reader(kept), true)).toBeUndefined();
  expect(compared(reader(kept), false)).toEqual(["at", "product"]);
});

test.each(whole)("for a reader of the whole (%o) they always are", (kept) => {
  expect(compared(reader(kept), true)).toEqual(["at", "product"]);
  expect(compared(reader(kept), false)).toEqual(["at", "product"]);
});

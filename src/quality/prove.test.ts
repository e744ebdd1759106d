import { expect, test } from "vitest";
import { check } from "../define/check.ts";
import type { CheckSpec } from "../define/check-spec.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import type { ModelNode } from "../graph/graph.ts";
import { ask } from "./ask.ts";
import { prove } from "./prove.ts";

const columns: readonly ColumnStatistics[] = [
  { name: "n", engineType: "BIGINT", nulls: 0, min: "1", max: "5" },
  { name: "price", engineType: "DECIMAL(12,2)", nulls: 3, min: "0.00", max: "19.99" },
  { name: "big", engineType: "HUGEINT", nulls: 0, min: "0", max: "170141183460469231731687303715884105727" },
  { name: "score", engineType: "DOUBLE", nulls: 0, min: "0.1", max: "0.9", numbers: true },
  { name: "odd", engineType: "DOUBLE", nulls: 0, min: "0.1", max: "0.9" },
  { name: "day", engineType: "DATE", nulls: 0, min: "2024-01-01", max: "2024-12-31" },
  { name: "at", engineType: "TIMESTAMP", nulls: 0, min: "2024-01-01 00:00:00", max: "2024-12-31 23:59:59.5" },
  { name: "text", engineType: "VARCHAR", nulls: 0, min: "1", max: "5" },
];

function isProven(spec: CheckSpec): boolean {
  const node: ModelNode = {
    id: "shop.lines",
    path: "models/shop/lines.sql",
    kind: "model",
    inputs: [],
    by: { kind: "sql", sql: "", ordered: false },
    parameters: [],
    tags: [],
    columns: columns.map(({ name, engineType }) => ({ name, engineType })),
    checks: [{ ...spec, name: "one", severity: "stop" }],
    fingerprint: "",
    auditFingerprint: "",
  };
  const { answers } = prove(
    ask(node).map(({ question }) => question),
    { rows: 10, columns },
  );
  return answers.length === 1;
}

const range = (column: string, min?: number | string, max?: number | string): CheckSpec => ({
  check: "value_range",
  column,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

test.each<[CheckSpec, boolean]>([
  [range("n", 1, 5), true],
  [range("n", 2), false],
  [range("n", "1"), false],
  [range("price", 0, 19.99), true],
  [range("price", 0, 19.98), false],
  [range("big", 0), false],
  [range("score", 0.1, 0.9), true],
  [range("score", 0.11), false],
  // NaN is greater than every number, and no limits tell of it.
  [range("odd", 0, 1), false],
  [range("day", "2024-01-01", "2024-12-31"), true],
  [range("day", "2024-01-02"), false],
  [range("day", "2024-01-01T00:00:00"), false],
  [range("day", "2024-02-30"), false],
  [range("at", "2024-01-01", "2025-01-01"), true],
  [range("at", undefined, "2024-12-31"), false],
  [range("at", undefined, "2024-12-31T23:59:59.500000"), true],
  [range("at", undefined, "2024-12-31T23:59:59.4"), false],
  [range("at", "2024-01-01T00:00:00Z"), false],
  [range("text", 1, 5), false],
  [check.invalidValues("n", { values: [1, 2, 3, 4, 5, 9] }), true],
  [check.invalidValues("n", { values: [1, 2, 3, 5, 9] }), false],
  [check.invalidValues("n", { values: [1, 2, 3, 5] }), false],
  [check.invalidValues("score", { values: [0, 1, 2] }), false],
  [check.invalidValues("text", { values: ["1", "2", "3", "4", "5"] }), false],
])("%j is proven by statistics: %s", (spec, expected) => {
  expect(isProven(spec)).toBe(expected);
});

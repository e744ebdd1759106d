import { expect, test } from "vitest";
import { mergeStatistics } from "./merge-statistics.ts";

const part = (
  rows: number,
  column: { name: string; engineType: string; nulls: number; min?: string; max?: string },
) => ({ rows, columns: [column] });

test("limits widen by value, not by text", () => {
  const merged = mergeStatistics([
    part(2, { name: "n", engineType: "BIGINT", nulls: 1, min: "9", max: "10" }),
    part(3, { name: "n", engineType: "BIGINT", nulls: 2, min: "-3", max: "9" }),
  ]);
  expect(merged).toEqual([{ name: "n", engineType: "BIGINT", nulls: 3, min: "-3", max: "10" }]);
});

test("a limit that one part does not know is not known of the whole", () => {
  const merged = mergeStatistics([
    part(2, { name: "t", engineType: "VARCHAR", nulls: 0, min: "a", max: "b" }),
    part(3, { name: "t", engineType: "VARCHAR", nulls: 0 }),
  ]);
  expect(merged).toEqual([{ name: "t", engineType: "VARCHAR", nulls: 0 }]);
});

test("an empty part takes nothing away", () => {
  const merged = mergeStatistics([
    part(0, { name: "t", engineType: "VARCHAR", nulls: 0 }),
    part(1, { name: "t", engineType: "VARCHAR", nulls: 0, min: "x", max: "x" }),
  ]);
  expect(merged).toEqual([{ name: "t", engineType: "VARCHAR", nulls: 0, min: "x", max: "x" }]);
});

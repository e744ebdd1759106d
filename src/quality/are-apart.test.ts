import { expect, test } from "vitest";
import type { StoredFile } from "../graph/stored-file.ts";
import { areApart } from "./are-apart.ts";

const file = (
  limits: Readonly<Record<string, readonly [type: string, min?: string, max?: string]>>,
): StoredFile => ({
  key: "",
  rows: 10,
  bytes: 1,
  sha256: "",
  columns: Object.entries(limits).map(([name, [engineType, min, max]]) => ({
    name,
    engineType,
    nulls: 0,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  })),
});
const ids = (min?: string, max?: string): StoredFile => file({ id: ["BIGINT", min, max], day: ["DATE"] });
const unique = (...columns: readonly string[]) => ({ id: "q", ask: "duplicates", columns }) as const;

test.each([
  ["numbers behind all that were there", [ids("1", "9"), ids("10", "19")], [ids("20", "29")], true],
  ["numbers before all that were there", [ids("20", "29")], [ids("1", "19")], true],
  ["a number that may be there already", [ids("1", "9"), ids("20", "29")], [ids("29", "40")], false],
  ["numbers between two files", [ids("1", "9"), ids("20", "29")], [ids("10", "19")], false],
  ["limits that nobody knows", [ids("1", "9"), ids()], [ids("20", "29")], false],
  ["nothing new", [ids("1", "9")], [], false],
])("%s", (_, kept, added, expected) => {
  expect(areApart(unique("id"), kept, added)).toBe(expected);
  expect(areApart(unique("day", "id"), kept, added)).toBe(expected);
  expect(areApart(unique("day"), kept, added)).toBe(false);
  expect(areApart({ id: "q", ask: "rows", sql: "" }, kept, added)).toBe(false);
});

test("texts have limits that may be cut off", () => {
  const texts = (min: string, max: string): StoredFile => file({ id: ["VARCHAR", min, max] });
  expect(areApart(unique("id"), [texts("a", "b")], [texts("c", "d")])).toBe(false);
});

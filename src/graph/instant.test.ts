import { expect, test } from "vitest";
import { instantOf } from "./instant.ts";

test.for([
  ["2026-03-01", "2026-03-01T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2026-03-01 10:00", "2026-03-01T10:00:00.000Z"],
  ["2026-03-01T10:00:30.5", "2026-03-01T10:00:30.500Z"],
  ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"],
  ["2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.000Z"],
] as const)("%s is %s", ([text, expected]) => {
  expect(new Date(instantOf(text) ?? Number.NaN).toISOString()).toBe(expected);
});

test.for([
  "",
  "x",
  "2026",
  "2026-02-29",
  "2026-04-31",
  "2026-13-01",
  "2026-03-00",
  "2026-03-01 25:00",
  "1 March 2026",
])("%j is no time", (text) => {
  expect(instantOf(text)).toBeUndefined();
});

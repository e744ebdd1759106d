import { expect, test } from "vitest";
import { growthOf } from "./growth.ts";
import type { RowResult } from "./result.ts";

const row = (id: string, models: number, cpu: number): RowResult => ({
  id,
  workload: "c",
  title: id,
  temperature: "cold",
  subject: "sluice",
  standings: [
    { contender: "floor", role: "floor", state: "measured", cpu: 1 },
    { contender: "sluice", role: "subject", state: "measured", cpu },
  ],
  goals: [],
  rounds: [],
  facts: { models },
});

test("growth is the slope of cost over size, where there are three sizes", () => {
  const rows = [
    ...[10, 100, 1000].map((models) => row(`c-${models}-cold`, models, models * 0.01)),
    ...[10, 100, 1000].map((models) => row(`c-${models}-ten`, models, models ** 2 * 0.01)),
    ...[10, 100].map((models) => row(`c-${models}-warm`, models, models)),
  ];
  const [cold, ten, ...others] = growthOf(rows);
  expect(cold).toMatchObject({ rows: "c-*-cold", sizes: [10, 100, 1000] });
  expect(cold?.exponent).toBeCloseTo(1);
  expect(ten?.exponent).toBeCloseTo(2);
  expect(others).toEqual([]);
});

import { expect, test } from "vitest";
import { regressions } from "./gate.ts";
import type { BenchmarkResult, Standing } from "./result.ts";
import { isSelected, parseSettings } from "./settings.ts";

test("reads the command line", () => {
  expect(parseSettings(["--workload", "a, l", "--rounds", "3", "--scale", "0.1", "--peers"])).toMatchObject({
    workloads: ["a", "l"],
    rounds: 3,
    scale: 0.1,
    peers: true,
  });
  expect(parseSettings([])).toMatchObject({ workloads: [], rounds: 7, scale: 1, peers: false });
});

test.each([
  ["--rounds", "0"],
  ["--rounds", "many"],
  ["--scale", "0"],
  ["--scale", "x"],
  ["--speed", "9"],
])("refuses %s %s", (...args) => {
  expect(() => parseSettings(args)).toThrow(args[0]);
});

test("selects rows by id or the beginning of it", () => {
  expect(
    ["a-csv", "b-30-noop", "b-1000-noop", "l-help"].filter((row) => isSelected(row, ["b-30", "l-help"])),
  ).toEqual(["b-30-noop", "l-help"]);
  expect(isSelected("b-1000-noop", ["b-10"])).toBe(false);
  expect(isSelected("a-csv", [])).toBe(true);
});

test("gates on the lower bound against floors, not on the median nor on peers", () => {
  const result = (...standings: readonly Partial<Standing>[]): BenchmarkResult => ({
    format: 1,
    startedAt: "",
    finishedAt: "",
    machine: {},
    versions: {},
    settings: {},
    rows: [
      {
        id: "a-csv",
        workload: "a",
        title: "",
        temperature: "cold",
        subject: "sluice",
        goals: [],
        rounds: [],
        facts: {},
        standings: standings.map((standing) => ({
          contender: "floor",
          role: "floor",
          state: "measured",
          ...standing,
        })),
      },
    ],
  });
  const before = result({ wallRatio: { median: 1, low: 0.9, high: 1.1 } });
  expect(regressions(result({ wallRatio: { median: 1.3, low: 1.05, high: 1.6 } }), before)).toEqual([]);
  expect(regressions(result({ wallRatio: { median: 1.3, low: 1.2, high: 1.6 } }), before)).toEqual([
    "a-csv: sluice ÷ floor was 1.00, is 1.30 (at least 1.20)",
  ]);
  expect(regressions(result({ role: "peer", wallRatio: { median: 9, low: 9, high: 9 } }), before)).toEqual(
    [],
  );
});

/** What a check finds equals what a plain loop over the rows finds, whatever the rows. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckSpec } from "../../src/define/check-spec.ts";
import { check } from "../../src/define/check.ts";
import { type Asking, openAsking, type Row } from "./asking.ts";

let asking: Asking;
beforeAll(async () => {
  asking = await openAsking();
});
afterAll(() => asking[Symbol.asyncDispose]());

const few = fc.option(fc.integer({ min: -3, max: 3 }), { nil: null });
const text = fc.option(fc.constantFrom("a", "b", "it's", "", " ", "N/A", "ab1", "é"), { nil: null });
const hour = fc.option(
  fc.integer({ min: 0, max: 9 }).map((at) => `2026-03-01T0${at}:00:00Z`),
  { nil: null },
);
const rows = fc.array(fc.record({ name: text, kind: text, n: few, m: few, x: few, at: hour, until: hour }), {
  maxLength: 12,
}) as fc.Arbitrary<readonly Row[]>;

type Known = Required<Row>;
const isThere = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** The number of pairs of neighbours that break a rule, group by group, in an order. */
function breaks(
  all: readonly Known[],
  per: (row: Known) => unknown,
  before: (a: Known, b: Known) => number,
  isBreak: (a: Known, b: Known) => boolean,
): number {
  let found = 0;
  for (const group of Map.groupBy(all, per).values()) {
    const sorted = group.toSorted(before);
    for (const [at, row] of sorted.entries()) {
      const last = sorted[at - 1];
      if (last !== undefined && isBreak(last, row)) found += 1;
    }
  }
  return found;
}

const by = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
const values = (all: readonly Known[], column: "n" | "m" | "x"): number[] =>
  all.map((row) => row[column]).filter(isThere);
const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
const mean = (list: readonly number[]): number => sum(list) / list.length;
const spread = (list: readonly number[]): number =>
  Math.sqrt(sum(list.map((value) => (value - mean(list)) ** 2)) / (list.length - 1));
function quantile(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  return low + (place % 1) * ((sorted[Math.ceil(place)] ?? low) - low);
}
const times = (list: readonly unknown[]): number[] =>
  [...Map.groupBy(list, (value) => value).values()].map((group) => group.length);
const differing = (one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): number =>
  [...one].filter((value) => !other.has(value)).length + [...other].filter((value) => !one.has(value)).length;
const named = (all: readonly Known[]): string[] => all.map(({ name }) => name).filter(isThere);
const wide = { min: -1e6, max: 1e6 };

/** Each check with a plain loop; undefined: nothing to measure. */
const naive: readonly (readonly [CheckSpec, (all: readonly Known[]) => number | undefined])[] = [
  [check.nullValues("name"), (all) => all.filter(({ name }) => name === null).length],
  [
    check.missingValues("name", { values: ["N/A"] }),
    (all) => all.filter(({ name }) => name === null || ["", "N/A"].includes(name.trim())).length,
  ],
  [
    check.invalidValues("name", { values: ["a", "it's"] }),
    (all) => named(all).filter((name) => !["a", "it's"].includes(name)).length,
  ],
  [
    check.invalidValues("name", { pattern: /[a-z]+\d?/ }),
    (all) => named(all).filter((name) => !/^[a-z]+\d?$/.test(name)).length,
  ],
  [check.forbiddenValues("n", [0, 1]), (all) => values(all, "n").filter((n) => n === 0 || n === 1).length],
  [
    check.valueRange("n", { min: -1, max: 2 }),
    (all) => values(all, "n").filter((n) => n < -1 || n > 2).length,
  ],
  [
    check.length("name", { min: 1, max: 2 }),
    (all) => named(all).filter(({ length }) => length < 1 || length > 2).length,
  ],
  [check.mustBeNull("m"), (all) => values(all, "m").length],
  [
    check.pairCompare("n", ">=", "m"),
    (all) => all.filter(({ n, m }) => isThere(n) && isThere(m) && n < m).length,
  ],
  [
    check.columnSum(["n", "m"], { total: "x" }),
    (all) => all.filter(({ n, m, x }) => isThere(n) && isThere(m) && isThere(x) && n + m !== x).length,
  ],
  [
    check.uniqueWithinRow(["n", "m", "x"]),
    (all) =>
      all.filter(({ n, m, x }) => {
        const there = [n, m, x].filter(isThere);
        return new Set(there).size < there.length;
      }).length,
  ],
  [
    check.rowPredicate("n + m > 0"),
    (all) => all.filter(({ n, m }) => isThere(n) && isThere(m) && n + m <= 0).length,
  ],
  [
    check.lateRows("at", { arrived: "until", max: "2h" }),
    (all) =>
      all.filter(
        ({ at, until }) => at !== null && until !== null && Date.parse(until) - Date.parse(at) > 7.2e6,
      ).length,
  ],
  [
    check.duplicateValues(["n", "name"]),
    (all) => {
      const keys = all
        .filter(({ n, name }) => isThere(n) && isThere(name))
        .map(({ n, name }) => `${n} ${name}`);
      return keys.length - new Set(keys).size;
    },
  ],
  [check.distinctSet("n", [0, 1, 2]), (all) => differing(new Set([0, 1, 2]), new Set(values(all, "n")))],
  [
    check.monotonic("n", { by: "at", per: ["kind"] }),
    (all) =>
      breaks(
        all.filter(({ n, at, kind }) => isThere(n) && isThere(at) && isThere(kind)),
        ({ kind }) => kind,
        (a, b) => by(a.at ?? "", b.at ?? "") || by(a.n ?? 0, b.n ?? 0),
        (a, b) => (b.n ?? 0) < (a.n ?? 0),
      ),
  ],
  [
    check.sequential("n", { per: ["kind"] }),
    (all) =>
      breaks(
        all.filter(({ n, kind }) => isThere(n) && isThere(kind)),
        ({ kind }) => kind,
        (a, b) => by(a.n ?? 0, b.n ?? 0),
        (a, b) => (b.n ?? 0) - (a.n ?? 0) !== 1,
      ),
  ],
  [
    check.intervalsDisjoint({ start: "at", end: "until", per: ["kind"] }),
    (all) => {
      const judged = all.filter(({ at, kind }) => isThere(at) && isThere(kind));
      const last = "9";
      let found = 0;
      for (const group of Map.groupBy(judged, ({ kind }) => kind).values()) {
        const sorted = group.toSorted(
          (a, b) => by(a.at ?? "", b.at ?? "") || by(a.until ?? last, b.until ?? last),
        );
        for (const [place, { at, until }] of sorted.entries()) {
          const earlier = sorted.slice(0, place).map((one) => one.until ?? last);
          if ((until !== null && until < (at ?? "")) || earlier.some((end) => end > (at ?? ""))) found += 1;
        }
      }
      return found;
    },
  ],
  [
    check.timeCoverage("at", { grain: "hour" }),
    (all) => {
      const hours = all.flatMap(({ at }) => (at === null ? [] : [Date.parse(at) / 3.6e6]));
      return hours.length === 0 ? 0 : Math.max(...hours) - Math.min(...hours) + 1 - new Set(hours).size;
    },
  ],
  [check.rowCount({ max: 3 }), (all) => all.length],
  [check.distinctCount("name", { max: 1 }), (all) => new Set(named(all)).size],
  [
    check.min("n", wide),
    (all) => (values(all, "n").length === 0 ? undefined : Math.min(...values(all, "n"))),
  ],
  [
    check.max("n", wide),
    (all) => (values(all, "n").length === 0 ? undefined : Math.max(...values(all, "n"))),
  ],
  [check.sum("n", wide), (all) => (values(all, "n").length === 0 ? undefined : sum(values(all, "n")))],
  [check.mean("n", wide), (all) => (values(all, "n").length === 0 ? undefined : mean(values(all, "n")))],
  [
    check.median("n", wide),
    (all) => (values(all, "n").length === 0 ? undefined : quantile(values(all, "n"), 0.5)),
  ],
  [
    check.quantile("n", { at: 0.3, ...wide }),
    (all) => (values(all, "n").length === 0 ? undefined : quantile(values(all, "n"), 0.3)),
  ],
  [
    check.stdev("n", { max: 1 }),
    (all) => (values(all, "n").length < 2 ? undefined : spread(values(all, "n"))),
  ],
  [
    check.uniqueRatio("name", { min: 0.5 }),
    (all) =>
      named(all).length === 0
        ? undefined
        : times(named(all)).filter((count) => count === 1).length / named(all).length,
  ],
  [
    check.distinctness("name", { min: 0.5 }),
    (all) => (named(all).length === 0 ? undefined : new Set(named(all)).size / named(all).length),
  ],
  [
    check.entropy("name", { min: 1 }),
    (all) => {
      const total = named(all).length;
      if (total === 0) return undefined;
      return -sum(times(named(all)).map((count) => (count / total) * Math.log2(count / total)));
    },
  ],
  [
    check.outlierShare("n", { max: 0.5, beyond: 1 }),
    (all) => {
      const list = values(all, "n");
      if (list.length === 0) return undefined;
      const far = list.length < 2 ? 0 : spread(list);
      return list.filter((value) => Math.abs(value - mean(list)) > far + 1e-12).length / list.length;
    },
  ],
  [
    check.outlierShare("n", { max: 0.5, by: "iqr", beyond: 0.5 }),
    (all) => {
      const list = values(all, "n");
      if (list.length === 0) return undefined;
      const [low, high] = [quantile(list, 0.25), quantile(list, 0.75)];
      const far = (high - low) / 2;
      return list.filter((value) => value < low - far || value > high + far).length / list.length;
    },
  ],
  [
    check.correlation(["n", "m"], { min: 0 }),
    (all) => {
      const pairs = all.filter(({ n, m }) => isThere(n) && isThere(m));
      const [a, b] = [values(pairs, "n"), values(pairs, "m")];
      if (new Set(a).size < 2 || new Set(b).size < 2) return undefined;
      const both = sum(a.map((value, at) => (value - mean(a)) * ((b[at] ?? 0) - mean(b))));
      return both / ((a.length - 1) * spread(a) * spread(b));
    },
  ],
];

/** The first of these numbers lies exactly a standard deviation off their mean. */
const onTheLimit = [-2, -1, 1, 3, -1].map((n) => ({
  name: null,
  kind: null,
  n,
  m: null,
  x: null,
  at: null,
  until: null,
}));

test("all checks, asked together, find what plain loops find", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (made, some) => {
      const where = some ? { where: "kind in ('a', 'b')" } : {};
      const judged = (
        some ? made.filter(({ kind }) => kind === "a" || kind === "b") : made
      ) as readonly Known[];
      const found = await asking.findAll(
        naive.map(([spec]) => ({ ...spec, ...where })),
        made,
      );
      for (const [at, [{ check: kind }, find]] of naive.entries()) {
        const expected = find(judged);
        const { value, message } = found[at] ?? { value: Number.NaN, message: "no result" };
        const said = `${kind}: ${message}`;
        if (expected === undefined) expect(said).toContain("nothing to measure");
        else expect(value, said).toBeCloseTo(expected, 9);
      }
    }),
    { numRuns: 60, examples: [[onTheLimit, false]] },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { DriftMeasure } from "../../src/define/check-spec.ts";
import { check } from "../../src/define/check.ts";
import type { TableColumn } from "../../src/graph/table-column.ts";
import {
  binShares,
  deciles,
  jensenShannon,
  kolmogorovSmirnov,
  stabilityIndex,
  wasserstein,
} from "../../src/quality/monitors/drift.ts";
import { columns, openAsking } from "./asking.ts";
import { describeChecks } from "./describe-checks.ts";

const numbers = (...values: readonly number[]) => values.map((n) => ({ n }));

describeChecks([
  {
    check: check.referentialIntegrity("n", "made.others.m"),
    others: [{ m: 1 }, { m: 2 }, {}],
    holds: numbers(1, 2, 2),
    fails: numbers(1, 3, 3),
    value: 2,
    message: "2 of 3 rows with a value of n that made.others.m does not have",
    shows: { id: 2, n: 3 },
    nulls: [[{}, { n: 1 }], 0],
    empty: true,
    tolerant: true,
  },
  {
    check: check.rowCountMatch("made.others"),
    others: numbers(1, 2),
    holds: numbers(7, 8),
    fails: numbers(1),
    value: 1,
    message: "1 row, and made.others has 2",
    shows: { rows: 1, expected: 2 },
    nulls: [[{}, {}], 0],
    empty: false,
  },
  {
    check: check.rowCountMatch("made.others", { tolerance: "25%" }),
    as: "within a share",
    others: numbers(1, 2, 3, 4),
    holds: numbers(1, 2, 3),
    fails: numbers(1, 2),
    value: 1,
    message: "2 rows, and made.others has 4",
    nulls: [[{}, {}, {}], 0],
    empty: false,
  },
  {
    check: check.rowCountMatch("made.others", { tolerance: 1 }),
    as: "within rows",
    others: numbers(1, 2),
    holds: numbers(1, 2, 3),
    fails: numbers(1, 2, 3, 4),
    value: 1,
    message: "4 rows, and made.others has 2",
    nulls: [[{}], 0],
    empty: false,
  },
  {
    check: check.aggregateMatch("sum", "n", "made.others.price"),
    others: [{ price: "1.50" }, { price: "2.50" }],
    holds: numbers(4),
    fails: numbers(4, 1),
    value: 1,
    message: "sum(n) is 5, and of made.others.price 4.00",
    shows: { here: 5, there: "4.00" },
    nulls: [[{}], 1],
    empty: false,
  },
  {
    check: check.aggregateMatch("mean", "n", "made.others.n", { tolerance: "10%" }),
    as: "within a share",
    others: numbers(10),
    holds: numbers(9, 11, 13),
    fails: numbers(12),
    value: 1,
    message: "mean(n) is 12, and of made.others.n 10",
    nulls: [[{}], 1],
    empty: false,
  },
  {
    check: check.aggregateMatch("distinct_count", "name", "made.others.n"),
    as: "of different values",
    others: numbers(1, 2, 2),
    holds: [{ name: "a" }, { name: "b" }],
    fails: [{ name: "a" }],
    value: 1,
    message: "distinct_count(name) is 1, and of made.others.n 2",
    nulls: [[{ name: "a" }, {}, { name: "b" }], 0],
    empty: false,
  },
  {
    check: check.datasetDiff("made.others", { columns: ["n", "name"] }),
    others: [{ n: 1, name: "a" }, { n: 1, name: "a" }, { n: 2 }],
    holds: [{ n: 2 }, { n: 1, name: "a" }, { n: 1, name: "a" }],
    fails: [{ n: 2 }, { n: 1, name: "a" }, { n: 3 }],
    value: 2,
    message: "2 of 3 rows in only one of the two, this dataset and made.others",
    shows: { side: "only here", n: 3, name: null },
    nulls: [[{ n: 2 }, {}, { n: 1, name: "a" }], 2],
    empty: false,
    tolerant: true,
  },
  {
    check: check.distributionDrift("name", { max: 0.25, to: "made.others.name" }),
    as: "from another dataset",
    others: [{ name: "a" }, { name: "b" }, {}],
    holds: [{ name: "b" }, { name: "a" }],
    fails: [{ name: "a" }, { name: "a" }, { name: "a" }, { name: "b" }],
    value: 0.25 * Math.log(1.5) - 0.25 * Math.log(0.5),
    message: "the drift (psi) of name is 0.274653, expected at most 0.25",
    nulls: [[{ name: "b" }, {}, { name: "a" }], 0],
    empty: false,
  },
  {
    check: check.distributionDrift("day", { max: 86_400, by: "wasserstein" }),
    as: "from the version before",
    before: columns,
    others: [{ day: "2026-01-01" }, { day: "2026-01-03" }],
    holds: [{ day: "2026-01-03" }, { day: "2026-01-02" }],
    fails: [{ day: "2026-01-03" }, { day: "2026-01-05" }],
    value: 2 * 86_400,
    message: "the drift (wasserstein) of day is 172,800, expected at most 86,400",
    nulls: [[{}], "nothing"],
    empty: false,
  },
  {
    check: check.freshness("at", { max: "24h" }),
    holds: [{ at: "2026-01-01T00:00:00Z" }, { at: "2026-03-01T12:00:00Z" }],
    fails: [{ at: "2026-03-01T11:00:00Z" }],
    value: 25 * 3600,
    message: "the age of the newest at is 25h, expected at most 24h",
    nulls: [[{}], "nothing"],
    empty: false,
  },
  {
    check: check.futureDates("day"),
    holds: [{ day: "2026-03-02" }, { day: "2020-01-01" }],
    fails: [{ day: "2026-03-03" }, { day: "2026-03-01" }],
    value: 1,
    message: "1 of 2 rows where day is after the time of the run",
    shows: { id: 1, day: "2026-03-03" },
    nulls: [[{}], 0],
    empty: true,
    tolerant: true,
  },
]);

test("columns are what they were in the version before, but for what is allowed", async () => {
  await using asking = await openAsking();
  const plain: readonly TableColumn[] = columns.map(({ name, engineType }) => ({ name, engineType }));
  const [first = { name: "", engineType: "" }, second = first, ...rest] = plain;
  const find = async (
    before: typeof plain | undefined,
    allow?: readonly ("added" | "moved" | "removed" | "retyped")[],
  ) =>
    asking.find(check.schemaChange(allow === undefined ? {} : { allow }), [], { ...(before && { before }) });
  expect(await find(undefined)).toMatchObject({ passed: true });
  expect(await find(plain)).toMatchObject({ passed: true });
  expect(await find([first, ...rest])).toMatchObject({ passed: false, value: 1, message: "name was added" });
  expect(await find([first, ...rest], ["added"])).toMatchObject({ passed: true });
  expect(await find([{ ...first, engineType: "BIGINT" }, second, ...rest], ["added"])).toMatchObject({
    passed: false,
    message: "kind was BIGINT, is VARCHAR",
  });
  expect(await find([...plain, { name: "it's", engineType: "DATE" }])).toMatchObject({
    passed: false,
    message: "it's was removed",
  });
  expect(await find([second, first, ...rest])).toMatchObject({
    passed: false,
    message: "the columns are in another order",
  });
  expect(await find([second, first, ...rest], ["moved"])).toMatchObject({ passed: true });
});

test("drift is what the distances of monitors say it is", async () => {
  await using asking = await openAsking();
  const numbers = fc.array(fc.integer({ min: -5, max: 20 }), { minLength: 1, maxLength: 30 });
  const made = (values: readonly number[]) => values.map((n) => ({ n }));
  const naive = {
    psi: (a, b) => stabilityIndex(binShares(a, deciles(a)), binShares(b, deciles(a))),
    js: (a, b) => jensenShannon(binShares(a, deciles(a)), binShares(b, deciles(a))),
    ks: kolmogorovSmirnov,
    wasserstein,
  } satisfies Record<DriftMeasure, (a: readonly number[], b: readonly number[]) => number>;
  await fc.assert(
    fc.asyncProperty(
      numbers,
      numbers,
      fc.constantFrom("psi", "js", "ks", "wasserstein"),
      async (reference, current, by: DriftMeasure) => {
        const spec = check.distributionDrift("n", { max: 0.5, by, to: "made.others.n" });
        const found = await asking.find(spec, made(current), { others: made(reference) });
        expect(found.value, found.message).toBeCloseTo(naive[by](reference, current), 9);
      },
    ),
    { numRuns: 60 },
  );
});

test("a first version, and a column of another type, have nothing to drift from", async () => {
  await using asking = await openAsking();
  const spec = check.distributionDrift("n", { max: 0.1 });
  expect(await asking.find(spec, [{ n: 1 }])).toMatchObject({ passed: true });
  const before = [{ name: "n", engineType: "VARCHAR" }];
  expect(await asking.find(spec, [{ n: 1 }], { before })).toMatchObject({ passed: true });
  const moved = await asking.find(spec, [{ n: 1 }], { before: columns, others: [{ n: 0 }] });
  expect(moved.passed).toBe(false);
});

test("a metric is measured, whatever it is; what it was before is asked elsewhere", async () => {
  await using asking = await openAsking();
  const spec = check.metricAnomaly("select sum(n) from this", { where: "n > 1" });
  expect(await asking.find(spec, [{ n: 1 }, { n: 2 }, { n: 3 }])).toMatchObject({
    check: "metric_anomaly",
    passed: true,
    value: 5,
    message: "the metric is 5",
  });
  const nothing = expect.stringContaining("nothing to measure") as unknown;
  expect(await asking.find(spec, [{ n: 1 }])).toMatchObject({ passed: false, message: nothing });
  const infinite = check.metricAnomaly("select sum(n) / 0.0 from this");
  expect(await asking.find(infinite, [{ n: 1 }])).toMatchObject({ passed: false, message: nothing });
  const share = check.metricAnomaly("select sum(n) from this", { kind: "share" });
  expect(await asking.find(share, [{ n: 5 }])).toMatchObject({
    passed: false,
    message: "the metric is 5, expected 0 to 1",
  });
  const count = check.metricAnomaly("select sum(n) from this", { kind: "count" });
  expect(await asking.find(count, [{ n: -5 }])).toMatchObject({ passed: false });
  expect(await asking.find(count, [{ n: 5 }])).toMatchObject({ passed: true });
});

test("columns are those that are wanted", async () => {
  await using asking = await openAsking();
  const warn = { severity: "warn" } as const;
  const find = async (spec: ReturnType<typeof check.schemaMatch>) => asking.find(spec, []);
  expect(await find(check.schemaMatch({ id: "integer" }, { ...warn, others: true }))).toMatchObject({
    passed: true,
  });
  expect(
    await find(check.schemaMatch({ id: "text", "it's": "date" }, { ...warn, others: true })),
  ).toMatchObject({
    passed: false,
    value: 2,
    message: "id is integer, not text, it's is missing",
  });
  const all = await find(check.schemaMatch({ id: "integer" }, warn));
  expect(all).toMatchObject({ passed: false, value: columns.length - 1 });
  expect(all.message).toContain("kind is not expected");
  const ordered = { ...warn, others: true, ordered: true };
  expect(await find(check.schemaMatch({ kind: "text", id: "integer" }, ordered))).toMatchObject({
    passed: true,
  });
  expect(await find(check.schemaMatch({ id: "integer", kind: "text" }, ordered))).toMatchObject({
    passed: false,
    message: "kind comes before id",
  });
  expect(await asking.find(check.columnCount({ max: 3 }, warn), [])).toMatchObject({
    passed: false,
    message: `column_count is ${columns.length}, expected at most 3`,
  });
  expect(await asking.find(check.columnCount({ min: 3 }), [])).toMatchObject({ passed: true });
  expect(await asking.find(check.columnExists(["id", "n"]), [])).toMatchObject({ passed: true });
});

/**
 * Proof of column lineage by trying: change one column of one input, and no output outside its lineage moves.
 * `SLUICE_LINEAGE_CASES=10000` tries that many made-up queries, `SLUICE_LINEAGE_FROM=1` from which number on.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBinder } from "../../src/sql/duckdb-binder.ts";
import { datasets } from "./made/datasets.ts";
import { exampleDatasets, exampleModels } from "./shaped/example.ts";
import { type NamedQuery, readQueries } from "./shaped/read-queries.ts";
import { tpcDs } from "./shaped/tpc-ds.ts";
import { tpcH } from "./shaped/tpc-h.ts";
import { type Bench, summary, surveyMade, surveyQueries } from "./survey.ts";
import { anything, type TableShape } from "./tables.ts";
import { World } from "./world.ts";

const wanted = Number(process.env["SLUICE_LINEAGE_CASES"] ?? 50);
const from = Number(process.env["SLUICE_LINEAGE_FROM"] ?? 1);
let bench: Bench;

beforeAll(async () => {
  bench = { world: await World.open(), binder: await openBinder() };
});

afterAll(() => {
  bench.world.close();
  bench.binder.close();
});

/** One query in so many of a file; the slow tests take them all. */
const some = (file: string, each: number): NamedQuery[] =>
  readQueries(file).filter((_, at) => at % each === 0);

describe("no output moves outside its lineage", () => {
  test.for<[string, NamedQuery[], readonly TableShape[]]>([
    ["TPC-H", some("tpc-h.sql", 4), tpcH],
    ["TPC-DS, first half", some("tpc-ds-1.sql", 8), tpcDs],
    ["TPC-DS, second half", some("tpc-ds-2.sql", 8), tpcDs],
    ["corners of SQL", some("corners.sql", 1), datasets],
  ])("%s", async ([name, queries, shapes], { annotate }) => {
    const found = await surveyQueries(bench, { queries, shapes, rounds: 1, tries: 1, complete: false });
    await annotate(summary(name, found));
    expect(found.findings).toEqual([]);
    expect(found.queries).toBeGreaterThanOrEqual(queries.length * 0.95);
  });

  test(
    "made-up queries",
    async ({ annotate }) => {
      const found = await surveyMade(bench, from, wanted, { tries: 4, complete: false });
      await annotate(summary(`made up, from ${from}`, found));
      expect(found.findings).toEqual([]);
      expect(found.queries).toBeGreaterThan(wanted * 0.8);
      expect(found.unproven).toBeLessThan(found.outputs * 0.05);
    },
    60_000 + wanted * 300,
  );
});

describe("lineage says no more than it must", () => {
  test("nearly all that is claimed of everyday queries moves, and every forgotten source is noticed", async ({
    annotate,
  }) => {
    const queries = readQueries("plain.sql");
    const found = await surveyQueries(bench, {
      queries,
      shapes: datasets,
      rounds: 2,
      tries: 8,
      complete: true,
    });
    await annotate(summary("everyday queries", found));
    expect(found.findings).toEqual([]);
    expect(found.unproven).toBe(0);
    expect(found.moved / found.claimed).toBeGreaterThan(0.9);
    expect(found.claimed / found.possible).toBeLessThan(0.35);
    expect(found.noticed / found.forgotten).toBeGreaterThan(0.85);
  });

  test("the example: no model depends on everything", async ({ annotate }) => {
    const queries = exampleModels();
    expect(queries.length).toBeGreaterThanOrEqual(9);
    const found = await surveyQueries(bench, {
      queries,
      shapes: exampleDatasets,
      rounds: 1,
      tries: 6,
      complete: true,
      fullness: anything,
    });
    await annotate(summary("example", found));
    expect(found.findings).toEqual([]);
    expect(found.queries).toBe(queries.length);
    expect(found.unproven).toBe(0);
    expect(found.moved / found.claimed).toBeGreaterThan(0.6);
    expect(found.claimed / found.possible).toBeLessThan(0.6);
  });
});

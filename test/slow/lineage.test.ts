/** The longer proof of column lineage by trying, and how sharp its eyes are. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBinder } from "../../src/sql/duckdb-binder.ts";
import { datasets } from "../lineage/made/datasets.ts";
import { type NamedQuery, readQueries } from "../lineage/shaped/read-queries.ts";
import { tpcDs } from "../lineage/shaped/tpc-ds.ts";
import { tpcH } from "../lineage/shaped/tpc-h.ts";
import { type Bench, summary, surveyMade, surveyQueries } from "../lineage/survey.ts";
import type { TableShape } from "../lineage/tables.ts";
import { World } from "../lineage/world.ts";

let bench: Bench;

beforeAll(async () => {
  bench = { world: await World.open(), binder: await openBinder() };
});

afterAll(() => {
  bench.world.close();
  bench.binder.close();
});

test.for<[string, NamedQuery[], readonly TableShape[], tries: number, sharpness: number]>([
  ["TPC-H", readQueries("tpc-h.sql"), tpcH, 2, 0.5],
  ["TPC-DS, first half", readQueries("tpc-ds-1.sql"), tpcDs, 1, 0.4],
  ["TPC-DS, second half", readQueries("tpc-ds-2.sql"), tpcDs, 1, 0.4],
  ["corners of SQL", readQueries("corners.sql"), datasets, 2, 0.7],
])(
  "%s: nothing is missed, and most forgotten sources would be",
  async ([name, queries, shapes, tries, sharpness], { annotate }) => {
    const found = await surveyQueries(bench, { queries, shapes, rounds: 1, tries, complete: true });
    await annotate(summary(name, found));
    expect(found.findings).toEqual([]);
    expect(found.noticed / found.forgotten).toBeGreaterThan(sharpness);
  },
);

test("made-up queries: nothing is missed", async ({ annotate }) => {
  const found = await surveyMade(bench, 100_000, 200, { tries: 4, complete: false });
  await annotate(summary("made up", found));
  expect(found.findings).toEqual([]);
});

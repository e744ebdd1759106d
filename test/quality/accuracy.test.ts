/** The accuracy of ML models as the engine counts it, against the formulas in plain code. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Accuracy } from "../../src/define/consumer.ts";
import { openSession } from "../../src/engine/duckdb/session.ts";
import type { EngineSession, InputTable } from "../../src/engine/engine.ts";
import { accuracyQuestions, readAccuracy } from "../../src/quality/monitors/accuracy.ts";

let directory: string;
let session: EngineSession;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-accuracy-"));
  session = await openSession({ memory: 500_000_000, threads: 1, temporary: directory });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const columns = [
  { name: 'que"ry', engineType: "BIGINT" },
  { name: "guess", engineType: "DOUBLE" },
  { name: "truth", engineType: "DOUBLE" },
];
type Row = readonly [query: number, guess: number | null, truth: number | null];

async function measured(rows: readonly Row[], accuracy: Accuracy): Promise<Readonly<Record<string, number>>> {
  const list = rows.map((row) => `(${row.map((value) => value ?? "null").join(", ")})`).join(", ");
  const path = join(directory, `${Math.random()}.parquet`);
  await session.build({
    sql: `select * from (values ${list}) as t("que""ry", guess, truth)`,
    inputs: [],
    columns,
    parameters: {},
    output: path,
  });
  const table: InputTable = { name: "shop.predictions", files: [path], columns };
  return readAccuracy(await session.ask(table, accuracyQuestions(accuracy), []));
}

const where = { dataset: "shop.predictions", prediction: "guess", actual: "truth" };

test("regression: rows without an actual value, and percentages of nothing, are left out", async () => {
  const rows: Row[] = [
    [1, 12, 10],
    [1, 7, 10],
    [1, 1, 0],
    [1, 99, null],
    [1, null, 3],
  ];
  const errors = [2, -3, 1];
  expect(await measured(rows, { task: "regression", ...where })).toEqual({
    mae: 2,
    rmse: expect.closeTo(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / 3), 8),
    bias: 0,
    mape: 0.25,
  });
});

test("ranking: gains of the first k against the best order, and the place of the first relevant answer", async () => {
  const queries = [
    [
      [0.9, 0],
      [0.8, 3],
      [0.1, 2],
    ],
    [
      [0.7, 1],
      [0.2, 1],
    ],
    [
      [0.5, 0],
      [0.4, 0],
    ],
  ] as const;
  const rows = queries.flatMap((answers, query): Row[] =>
    answers.map(([guess, truth]) => [query, guess, truth]),
  );
  const gain = (truths: readonly number[]): number =>
    truths.slice(0, 2).reduce((sum, truth, place) => sum + (2 ** truth - 1) / Math.log2(place + 2), 0);
  const ndcg = queries.slice(0, 2).map((answers) => {
    const truths = answers.map(([, truth]) => truth);
    return gain(truths) / gain(truths.toSorted((a, b) => b - a));
  });
  const found = await measured(rows, { task: "ranking", ...where, group: 'que"ry', k: 2 });
  // A query without a relevant answer has no best order, and its first relevant answer is infinitely far down.
  expect(found["ndcg"]).toBeCloseTo(((ndcg[0] ?? 0) + (ndcg[1] ?? 0)) / 2, 8);
  expect(found["mrr"]).toBeCloseTo((1 / 2 + 1 + 0) / 3, 8);
});

test("without a row that is known nothing is measured, and nothing is 0", async () => {
  expect(await measured([[1, 1, null]], { task: "regression", ...where })).toEqual({});
  expect(await measured([[1, 1, null]], { task: "classification", ...where, positive: 1 })).toEqual({});
});

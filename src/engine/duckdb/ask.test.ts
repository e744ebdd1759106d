import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AggregateQuestion } from "../../quality/questions.ts";
import type { InputTable } from "../engine.ts";
import { ask } from "./ask.ts";
import { countOf } from "./ask-scan.ts";
import { type Database, openDatabase } from "./database.ts";
import { writeParquet } from "./write-parquet.ts";

let directory: string;
let database: Database;
let orders: InputTable;

const columns = [
  { name: "state", engineType: "VARCHAR" },
  { name: "amount", engineType: "BIGINT" },
  { name: "id", engineType: "BIGINT" },
];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-ask-"));
  database = await openDatabase({ memory: 1e9, threads: 2 });
  const files = [0, 1].map((file) => join(directory, `${file}.parquet`));
  for (const [file, path] of files.entries())
    await writeParquet(
      database,
      `select case when i % 7 = 0 then 'lost' else 'paid' end as state, i % 1000 as amount, i as id
      from range(${file} * 100000, ${file + 1} * 100000) t(i)`,
      columns,
      path,
    );
  orders = { name: "shop.orders", files, columns };
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const counting = (id: string, sample: string, more: Partial<AggregateQuestion> = {}): AggregateQuestion => ({
  id,
  ask: "aggregate",
  expression: countOf(sample),
  sample,
  ...more,
});

test("every failed check shows the first rows that offend, however rare they are, its key before the rest", async () => {
  const answers = await ask(
    database,
    orders,
    [
      counting("often", "state not in ('paid')", { first: ["id"] }),
      counting("seldom", "id in (150000, 199999)"),
      counting("never", "amount < 0"),
    ],
    [],
  );
  const of = (id: string) => answers.find((one) => one.id === id);
  expect(of("often")).toMatchObject({ value: 28572, of: 200_000, answered: { by: "value table" } });
  expect(of("often")?.sample.map((row) => row["id"])).toEqual([0, 7, 14, 21, 28]);
  expect(Object.keys(of("often")?.sample[0] ?? {})).toEqual(["id", "state", "amount"]);
  expect(of("seldom")?.sample).toEqual([
    { state: "paid", amount: 0, id: 150_000 },
    { state: "paid", amount: 999, id: 199_999 },
  ]);
  expect(of("never")).toMatchObject({ value: 0, sample: [] });
});

test("one question that the engine refuses spoils no other and is told", async () => {
  const questions = Array.from({ length: 9 }, (_, at) =>
    counting(`${at}`, `id >= ${at * 1000} and amount = 1`),
  );
  const answers = await ask(
    database,
    orders,
    [
      ...questions,
      counting("bad", "cast(state as bigint) = amount"),
      { id: "also", ask: "rows", sql: "from nowhere" },
    ],
    [],
  );
  expect(answers.filter(({ error }) => error !== undefined).map(({ id }) => id)).toEqual(["bad", "also"]);
  expect(answers.slice(0, 9).map(({ value }) => value)).toEqual([
    200, 199, 198, 197, 196, 195, 194, 193, 192,
  ]);
});

test("a rule whose guard keeps an error away holds where its guard does", async () => {
  const guarded = "case when state in ('paid', 'lost') then true else cast(state as bigint) = 1 end";
  const [answer] = await ask(
    database,
    orders,
    [counting("guarded", `not (${guarded})`), counting("b", "id < 0")],
    [],
  );
  expect(answer).toMatchObject({ value: 0, sample: [] });
  expect(answer?.error).toBeUndefined();
});

test("equal questions cost one", async () => {
  const answers = await ask(
    database,
    orders,
    ["a", "b"].map((id) => counting(id, "amount > 998")),
    [],
  );
  expect(answers.map(({ value }) => value)).toEqual([200, 200]);
  expect(answers[0]?.sample).toEqual(answers[1]?.sample);
});

test("of how many rows a check failed is counted only where it is not known and somebody wants it", async () => {
  const columns = orders.columns.map(({ name, engineType }) => ({ name, engineType, nulls: 0 }));
  const question = counting("dear", "amount > 998");
  const known = { rows: 200_000, columns };
  const [whole] = await ask(database, orders, [question], [], undefined, known);
  expect(whole).toMatchObject({ value: 200, of: 200_000 });
  const [part] = await ask(database, orders, [question], [], { ...orders, name: "clean" }, known);
  expect(part?.value).toBe(200);
  expect(part?.of).toBeUndefined();
});

test("what checks cost adds up to what all took, each question once", async () => {
  const started = performance.now();
  const answers = await ask(
    database,
    orders,
    [
      counting("lost", "state = 'lost'"),
      counting("lost again", "state = 'lost'"),
      counting("few", "amount < 3 or upper(state) = 'NEVER'", { where: "id > 7" }),
      { id: "twice", ask: "duplicates", columns: ["state", "amount"] },
      { id: "rows", ask: "rows", sql: "select * from this where amount > 998" },
    ],
    [],
  );
  const all = performance.now() - started;
  const cost = answers.reduce((sum, { answered }) => sum + (answered?.milliseconds ?? 0), 0);
  expect(cost).toBeLessThanOrEqual(all);
  expect(cost).toBeGreaterThan(all * 0.95);
  const [lost, again] = answers.map(({ answered }) => answered?.milliseconds);
  expect(lost).toBeCloseTo(again ?? 0, 6);
});

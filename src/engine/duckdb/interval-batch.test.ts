/** One query for many intervals: asked only where it answers what it answers interval by interval. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Grain } from "../../define/materialization.ts";
import type { InputTable, IntervalsRequest } from "../engine.ts";
import { canBatch } from "./interval-batch.ts";
import { type Database, openDatabase } from "./database.ts";
import { buildIntervals } from "./intervals.ts";
import { parquetScan } from "./tables.ts";

let directory: string;
let database: Database;
let events: InputTable;
let names: InputTable;

const table = async (name: string, query: string): Promise<InputTable> => {
  const path = join(directory, `${name}.parquet`);
  await database.run(`copy (${query}) to '${path}' (format parquet)`);
  const described = await database.all<{ column_name: string; column_type: string }>(
    `describe from ${parquetScan([path])}`,
  );
  const columns = described.map((one) => ({ name: one.column_name, engineType: one.column_type }));
  return { name, files: [path], columns };
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-batch-"));
  database = await openDatabase({ memory: 500_000_000, threads: 2 });
  const at = "timestamp '1969-12-20' + to_minutes(cast(i * 37 as integer))";
  events = await table(
    "raw.events",
    `select i as id, ${at} as t, cast(${at} as timestamptz) as zoned, i % 5 as kind, i * 0.1::decimal(9, 2) as amount,
      i * 0.1::double as weight from range(1200) r(i)`,
  );
  names = await table("raw.names", "select i as kind, 'kind ' || i as name from range(4) r(i)");
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const atOnce: readonly (readonly [Grain, string])[] = [
  [
    "day",
    "select cast(t as date) as its_time, kind, count(*) as n, sum(amount) as a from raw.events group by all",
  ],
  ["week", "select date_trunc('week', t) as its_time, count(distinct kind) as n from raw.events group by 1"],
  [
    "month",
    "select date_trunc('month', cast(t as date)) as its_time, max(weight) as n from raw.events group by 1",
  ],
  ["hour", "select t as its_time, id from raw.events where kind > 1"],
  ["day", "select t as its_time, name from raw.events join raw.names using (kind)"],
  ["day", "select t as its_time, name from raw.events left join raw.names using (kind)"],
  ["day", "select t as its_time, id from raw.events where kind not in (select kind from raw.names)"],
  [
    "day",
    "with d as (select t, amount from raw.events) select t::date as its_time, avg(amount) as a from d group by 1",
  ],
  [
    "day",
    "select its_time, sum(n) as n from (select t::date as its_time, kind, count(*) as n from raw.events group by all) group by 1",
  ],
  [
    "month",
    "select t::date as its_time, count(*) filter (where kind = 1) as n from raw.events group by 1 having count(*) > 1",
  ],
];

const oneByOne: readonly (readonly [Grain, string])[] = [
  ["day", "select max(t) as its_time, count(*) as n from raw.events"],
  ["day", "select max(t) as its_time, kind from raw.events group by kind"],
  ["day", "select t as its_time, amount / sum(amount) over () as share from raw.events"],
  ["day", "select t as its_time, row_number() over (order by t) as n from raw.events"],
  ["day", "select t as its_time, id from raw.events order by id limit 3"],
  ["day", "select t as its_time, id from raw.events where amount > (select avg(amount) from raw.events)"],
  [
    "day",
    "select a.t as its_time, b.id from raw.events a join raw.events b on a.kind = b.kind and a.id < b.id where a.kind = 1",
  ],
  ["day", "select t::date as its_time, list(id) as ids from raw.events group by 1"],
  ["day", "select t::date as its_time, sum(weight) as w from raw.events group by 1"],
  [
    "day",
    "select t::date as its_time, kind, count(*) as n from raw.events group by rollup (1, 2) having its_time is not null",
  ],
  [
    "day",
    "with d as (select t, kind from raw.events) select a.t as its_time, b.kind from d a join d b on a.kind = b.kind where a.kind = 1 and b.t < a.t",
  ],
  ["day", "select distinct on (kind) t as its_time, kind from raw.events order by kind, t"],
  ["day", "select t as its_time from raw.events union select t from raw.events where kind = 1"],
  [
    "hour",
    "select t as its_time, n from raw.events join (select t::date as d, count(*) as n from raw.events group by 1) on d = t::date",
  ],
  [
    "week",
    "select cast(date_trunc('month', t) as timestamp) + (t - date_trunc('month', t)) as its_time, id from raw.events",
  ],
  ["day", "select zoned::timestamp as its_time, id from raw.events"],
  [
    "day",
    "select kind, max(t) as its_time from raw.events right join raw.names using (kind) group by kind, t having its_time is not null",
  ],
];

/** Do something while the engine knows the tables; `sluice_input_0` stands for what is loaded of one. */
async function knowing<T>(action: () => Promise<T>): Promise<T> {
  await database.run(`create or replace temp table sluice_input_0 as from ${parquetScan(events.files)};
    create schema if not exists raw; create or replace view raw.events as from temp.sluice_input_0;
    create or replace view raw.names as from ${parquetScan(names.files)}`);
  try {
    return await action();
  } finally {
    await database.run("drop view raw.events; drop view raw.names; drop table temp.sluice_input_0");
  }
}

async function request(grain: Grain, sql: string): Promise<IntervalsRequest> {
  const shaped = await knowing(() =>
    database.all<{ column_name: string; column_type: string }>(`describe ${sql}`),
  );
  const columns = shaped.map((one) => ({ name: one.column_name, engineType: one.column_type }));
  const output = await mkdtemp(join(directory, "out-"));
  const times = { "raw.events": "t" };
  const shared = { grain, lookback: 0, times, rowsPerFile: 1, directory: output };
  return { sql, inputs: [events, names], columns, by: "its_time", runs: [], ...shared };
}

/** Every interval from December 1969 to January 1970. */
const intervals: Readonly<Record<Grain, readonly [number, number]>> = {
  hour: [-10, 12],
  day: [-5, 7],
  week: [-2, 3],
  month: [-1, 1],
};

async function rowsOf(made: IntervalsRequest, numbers: readonly number[]): Promise<readonly string[]> {
  const run = { span: [numbers[0] ?? 0, (numbers.at(-1) ?? 0) + 1] as const, intervals: numbers, gone: [] };
  const files = await buildIntervals(database.begin(), { ...made, runs: [run] });
  const paths = files.filter(({ rows }) => rows > 0).map(({ path }) => path);
  if (paths.length === 0) return [];
  const rows = await database.all<{ row: string }>(
    `select to_json(r)::varchar as row from ${parquetScan(paths)} r order by 1`,
  );
  return rows.map(({ row }) => row);
}

/** Whether the query is asked once for all. */
const isAtOnce = (made: IntervalsRequest): Promise<boolean> =>
  knowing(() => canBatch(database, made, [{ table: "sluice_input_0", time: "t" }]));

test.each(atOnce)("asked once by %s, each interval has the rows it has alone: %s", async (grain, sql) => {
  const made = await request(grain, sql);
  expect(await isAtOnce(made)).toBe(true);
  const [first, end] = intervals[grain];
  const all = Array.from({ length: end - first }, (_, index) => first + index);
  // With gaps, so that rows of others would be seen.
  const some = all.length < 8 ? all : all.filter((number) => number % 3 !== 0);
  const alone = [];
  for (const number of some) alone.push(...(await rowsOf(made, [number])));
  expect(alone.length).toBeGreaterThan(0);
  expect(await rowsOf(made, some)).toEqual(alone.toSorted());
});

test.each(oneByOne)("asked interval by interval by %s: %s", async (grain, sql) => {
  expect(await isAtOnce(await request(grain, sql))).toBe(false);
});

test("what looks back is asked interval by interval", async () => {
  const made = await request("day", atOnce[0]?.[1] ?? "");
  expect(await isAtOnce({ ...made, lookback: 1 })).toBe(false);
  expect(await isAtOnce(made)).toBe(true);
});

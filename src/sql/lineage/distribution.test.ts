import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Binder } from "../binder.ts";
import { openBinder } from "../duckdb-binder.ts";

let binder: Binder;

const columns = [
  { name: "id", engineType: "BIGINT" },
  { name: "k", engineType: "BIGINT" },
  { name: "list", engineType: "BIGINT[]" },
];

beforeAll(async () => {
  binder = await openBinder();
  await binder.declare("s.d", columns);
  await binder.declare("s.o", columns);
});

afterAll(() => binder.close());

async function overD(sql: string): Promise<string | undefined> {
  const outcome = await binder.trace(sql);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const { distribution } = outcome.value;
  return "s.d" in distribution ? (distribution["s.d"] ?? undefined) : "cannot be followed";
}

const distributing = [
  "select id, k + 1 as k from s.d where k > 1",
  "select d.id, o.id as other from s.d join s.o using (k)",
  "select d.id, o.id as other from s.d d left join s.o o on o.k = d.k",
  "select d.id, o.id as other from s.o o right join s.d d on o.k = d.k",
  "select d.id from s.d d, s.o o where d.k < o.k",
  "select id, unnest(list) as x from s.d",
  "select d.id, x from s.d d, unnest(d.list) as t(x)",
  "select id from s.d where k in (select k from s.o)",
  "select id from s.d where k not in (select k from s.o where k is not null)",
  "select id from s.d where exists (select 1 from s.o where o.k = d.k)",
  "select id, (select max(o.id) from s.o where o.k = d.k) as most from s.d",
  "select id, (select max(id) from s.o) as most from s.d",
  "select id, n from s.d d, lateral (select count(*) as n from s.o where o.k <= d.k)",
  "select d.id, o.id as other from s.d d asof join s.o o on d.k >= o.k",
  "with c as materialized (select id, k from s.d where k > 0) select id from c",
  "select id from s.d union all select k from s.d",
  "select d.id, m from s.d d cross join (select max(k) as m from s.o)",
  "select id, list_sum(list_transform(list, x -> x + k)) as total from s.d",
  "select id from (select id from s.d order by k)",
  "select id, g from s.d, generate_series(1, k) as t(g)",
];

const others: readonly (readonly [string, string])[] = [
  ["select k, count(*) as n from s.d group by k", "aggregates rows"],
  ["select max(id) as most from s.d", "aggregates rows"],
  ["select distinct k from s.d", "aggregates rows|distinct"],
  ["select distinct on (k) k, id from s.d", "distinct"],
  ["select id, row_number() over (order by id) as n from s.d", "window"],
  ["select n, x from (select list, row_number() over () as n from s.d) d, unnest(d.list) as t(x)", "window"],
  ["select id from s.d qualify row_number() over (partition by k order by id) = 1", "window"],
  ["select id from s.d order by id limit 3", "limit"],
  ["select a.id from s.d a join s.d b on a.id = b.k", "more than once"],
  ["select id from s.d where k > (select avg(k) from s.d)", "more than once"],
  ["select id from s.o where k in (select k from s.d)", "subquery"],
  ["select id, (select count(*) from s.d where d.k = o.k) as n from s.o", "subquery|aggregates rows"],
  ["select o.id, d.id as other from s.o o left join s.d d on o.k = d.k", "left join"],
  ["select d.id from s.d d full join s.o o on o.k = d.k", "full join"],
  ["select id from s.d union all select id from s.o", "others"],
  ["select id from s.d union select id from s.o", "union"],
  ["select id from s.d except select id from s.o", "except"],
  ["select id from s.d intersect select id from s.o", "intersect"],
  ["select o.id, d.id as other from s.o o asof join s.d d on o.k >= d.k", "nearest"],
  ["select o.id, d.id as other from s.o o positional join s.d d", "position"],
  ["select id from s.o where not exists (select 1 from s.d)", "subquery|limit"],
  ["select o.id, x.id as other from s.o o, lateral (select id from s.d where d.k = o.k) x", "subquery"],
  [
    "with recursive r as (select id, k from s.d union all select id, k - 1 from r where k > 0) select * from r",
    "recursive",
  ],
  ["select id from s.o", "cannot be followed"],
  ["pivot s.d on k in (1, 2) using count(*) group by id", "aggregates|pivots"],
];

describe("what distributes over a dataset", () => {
  test.each(distributing)("%s", async (sql) => {
    expect(await overD(sql)).toBeUndefined();
  });

  test.each(others)("not: %s", async (sql, why) => {
    expect(await overD(sql)).toMatch(new RegExp(why));
  });
});

/** Of rows that come in two halves, the answers to each are together the answer to both. */
test("the engine agrees: answers over parts add up to the answer over all", async () => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const rows = async (sql: string): Promise<string[]> =>
    (await connection.runAndReadAll(sql)).getRowsJson().map((row) => JSON.stringify(row));
  await connection.run(`create schema s;
    create table everything as select i as id, (i * 7 + 3) % 9 as k, [i, i + 1] as list, i % 2 as half from range(40) t(i);
    create table s.o as select i as id, i % 5 as k, [i] as list from range(20) t(i)`);
  const part = async (sql: string, where: string): Promise<string[]> => {
    await connection.run(`create or replace view s.d as select id, k, list from everything where ${where}`);
    return rows(sql);
  };
  for (const sql of distributing) {
    const parts = [...(await part(sql, "half = 0")), ...(await part(sql, "half = 1"))];
    expect(parts.toSorted(), sql).toEqual((await part(sql, "true")).toSorted());
  }
  connection.closeSync();
  instance.closeSync();
});

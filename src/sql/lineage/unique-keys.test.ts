import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Binder } from "../binder.ts";
import { openBinder } from "../duckdb-binder.ts";

let binder: Binder;

beforeAll(async () => {
  binder = await openBinder();
  const typed = (columns: string) =>
    columns.split(", ").map((column) => ({
      name: column.split(" ")[0] ?? "",
      engineType: column.split(" ").slice(1).join(" "),
    }));
  await binder.declare("s.d", typed("id BIGINT, k BIGINT, t VARCHAR, x DOUBLE, list BIGINT[], at TIMESTAMP"));
  await binder.declare("s.o", typed("id BIGINT, k BIGINT, t VARCHAR, n INTEGER, at TIMESTAMP"));
});

afterAll(() => binder.close());

/** What has to be given, in short: ways by " | ", and in each the columns of inputs; "" where nothing has to be. */
async function ask(columns: string, sql: string): Promise<string | undefined> {
  const promise = columns.split(", ").map((name) => ({ name }));
  const outcome = await binder.trace(sql, [promise]);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const [ways = []] = outcome.value.proofs;
  if (ways.length === 0) return undefined;
  return ways
    .map((given) => given.map((one) => `${one.dataset.slice(2)}(${one.columns.join(", ")})`).join(" and "))
    .join(" | ");
}

/** The columns asked about, what has to be given, the query. */
const proven: readonly (readonly [string, string, string])[] = [
  // Groups.
  ["k", "", "select k, count(*) as n from s.d group by k"],
  ["k, n", "", "select k, count(*) as n from s.d group by k"],
  ["t, k", "", "select k, t, max(id) as id from s.d group by all"],
  ["k", "", "select k, sum(x) as x from s.d where x > 1 group by 1 having sum(x) > 0 order by 2"],
  ["n", "", "select count(*) as n from s.d"],
  ["m", "", "select max(x) as m, min(t) as t from s.d"],
  ["k", "", "select k, t from (select k, max(t) as t from s.d group by k) where t > 'a'"],
  ["g", "", "select k as g, count(*) as n from s.d group by k"],
  ["g", "", "select k + 1 as g, count(*) as n from s.d group by k + 1"],
  ["day", "", "select cast(d.at as date) as day, count(*) as n from s.d group by 1"],
  ["k", "d(k)", "select k, t, count(*) as n from s.d group by k, t"],
  ["k, t", "", "select k, t, count(*) as n from s.d group by grouping sets ((k, t))"],
  ["k", "", "with c as (select k, count(*) as n from s.d group by k) select k, n from c"],
  [
    "k",
    "",
    "with c as materialized (select k, count(*) as n from s.d group by k) select k, n * 2 as n from c",
  ],
  ["t", "", "select lower(t) as t, count(*) as n from s.d group by lower(t)"],
  // Distinct rows.
  ["k", "", "select distinct k from s.d"],
  ["k, t", "", "select distinct k, t from s.d"],
  ["k", "d(k)", "select distinct k, t from s.d"],
  ["k", "", "select distinct on (k) k, id, t from s.d order by k, id"],
  ["k", "", "select k from s.d union select k from s.o"],
  ["k", "", "select k from s.d intersect select k from s.o"],
  ["k", "", "select k from s.d except select k from s.o"],
  ["k", "d(k)", "select k from s.d except all select k from s.o"],
  ["k", "d(k)", "select k from s.d intersect all select k from s.o"],
  // One row of each, chosen by its number.
  ["k", "", "select * from s.d qualify row_number() over (partition by k order by id) = 1"],
  ["k, t", "", "select k, t, id from s.d qualify row_number() over (partition by k, t order by id desc) = 1"],
  [
    "k",
    "",
    "select k, id from (select k, id, row_number() over (partition by k order by id) as n from s.d) where n = 1",
  ],
  // Equals have the same rank.
  ["k", "d(k)", "select k from s.d qualify rank() over (partition by k order by id) = 1"],
  ["n", "", "select id, row_number() over (order by id) as n from s.d"],
  ["k, n", "", "select k, row_number() over (partition by k order by id) as n from s.d"],
  // Inherited.
  ["id", "d(id)", "select id, k + 1 as k from s.d where k > 1 order by k limit 7"],
  ["code", "d(id)", "select id as code from s.d"],
  ["id, t", "d(id, t)", "select id, t from s.d"],
  ["id, k", "d(id)", "select id, k + 1 as k from s.d"],
  [
    "id",
    "d(id)",
    "select id, row_number() over (partition by k order by id) as n, sum(x) over (order by id) as s from s.d",
  ],
  ["id", "d(id)", "select id from s.d where k in (select k from s.o)"],
  ["id", "d(id)", "select id from s.d where k not in (select k from s.o)"],
  ["id", "d(id)", "select id from s.d where exists (select 1 from s.o where o.k = d.k)"],
  ["id", "d(id)", "select id from s.d semi join s.o using (k)"],
  ["id", "d(id)", "select id from s.d anti join s.o using (k)"],
  ["id", "d(id)", "select id, (select max(o.id) from s.o where o.k = d.k) as m from s.d"],
  ["id", "d(id)", "select id, (select max(id) from s.o) as m from s.d"],
  ["id", "d(id, k)", "select id from s.d where k = 3"],
  ["id", "d(id)", "select id, t, k, x from (select * exclude (list) from s.d) where t is not null"],
  ["id", "d(id, t)", "select id from s.d where t = 'a' and k > 1"],
  ["id", "d(id)", "with a as (select id, k from s.d), b as (select * from a where k > 0) select * from b"],
  ["id", "d(id)", "select d.id, o.t from s.d asof join s.o on d.k = o.k and d.at >= o.at"],
  ["id", "d(id)", "select d.id, o.t from s.d asof left join s.o on d.at >= o.at"],
  // Joins.
  ["id", "d(id) and o(k)", "select d.id, o.t from s.d join s.o on d.k = o.k"],
  ["id", "d(id) and o(k)", "select d.id, o.t from s.d left join s.o on d.k = o.k"],
  [
    "id",
    "d(id) and o(k, t)",
    "select d.id, o.n from s.d left join s.o on d.k = o.k and d.t = o.t and o.n > 3",
  ],
  ["id", "d(id) and o(k)", "select d.id, o.t from s.o right join s.d on d.k = o.k"],
  ["id", "d(id) and o(k)", "select d.id, o.t from s.d full join s.o on d.k = o.k"],
  [
    "id",
    "d(id)",
    "select d.id, n from s.d left join (select k, count(*) as n from s.o group by k) o on d.k = o.k",
  ],
  ["id", "d(id)", "select d.id, m from s.d cross join (select max(k) as m from s.o)"],
  ["id", "d(id)", "select d.id, m from s.d, (select max(k) as m from s.o) where d.k = m"],
  [
    "id, other",
    "d(id) and o(k) | o(id) and d(k) | d(id) and o(id)",
    "select d.id, o.id as other from s.d join s.o on d.k = o.k",
  ],
  ["id, other", "d(id) and o(id)", "select d.id, o.id as other from s.d cross join s.o"],
  ["id, other", "d(id) and o(id)", "select d.id, o.id as other from s.d join s.o on d.k < o.k"],
  ["other", "o(id) and d(k)", "select o.id as other from s.d left join s.o on d.k = o.k"],
  [
    "id",
    "d(id) and o(k)",
    "select d.id, o.t, max(o.n) as n from s.d left join s.o on d.k = o.k group by d.id, o.t",
  ],
  [
    "id, other",
    "d(id) and d(k) | d(id) and d(k) | d(id) and d(id)",
    "select a.id, b.id as other from s.d a join s.d b on a.k = b.k",
  ],
  // That one row at most is on the left says nothing of the rows of the right that find none.
  ["t", "o(t)", "select o.t from (select max(k) as m from s.d) d right join s.o on d.m = o.k"],
  ["t", "o(t)", "select o.t from (select max(k) as m from s.d) d full join s.o on d.m = o.k"],
  ["one", "", "select 1 as one"],
  ["one", "", "from (values (1, 2)) t(one, two)"],
];

const others: readonly (readonly [string, string])[] = [
  ["n", "select k, count(*) as n from s.d group by k"],
  ["k", "select k + 1 as k, count(*) as n from s.d group by s.d.k"],
  ["k", "select cast(k as integer) as k from s.d"],
  ["t", "select t::varchar || '' as t from s.d"],
  ["t", "select lower(t) as t from s.d"],
  ["t", "select lower(t) as t, count(*) as n from s.d group by t"],
  ["k", "select k, t, count(*) as n from s.d group by rollup (k, t)"],
  ["k, t", "select k, t, count(*) as n from s.d group by cube (k, t)"],
  ["k", "select k, count(*) as n from s.d group by grouping sets ((k), ())"],
  ["x", "select x, count(*) as n from s.d group by x"],
  ["x", "select x from s.d"],
  ["k", "select k + 1 as k, x, count(*) as n from s.d group by s.d.k, x"],
  ["t", "select t collate nocase as t, count(*) as n from s.d group by t collate nocase, k"],
  ["id", "select id, unnest(list) as item from s.d"],
  ["id", "select d.id, i from s.d, unnest(d.list) as u(i)"],
  ["id", "select d.id from s.d, s.o"],
  ["id", "select d.id from s.d join s.o on d.k < o.k"],
  ["id", "select d.id from s.d join s.o on d.k + 1 = o.k + 1"],
  ["id", "select d.id from s.d join s.o on d.k is not distinct from o.k"],
  ["id", "select d.id from s.d join s.o on d.k = o.k or d.t = o.t"],
  ["id", "select id from s.d union all select id from s.o"],
  ["id", "select id from s.d union all select id from s.d"],
  ["id", "select coalesce(d.id, 0) as id from s.o left join s.d on d.k = o.k"],
  ["id", "select id from s.d full join s.o using (id)"],
  ["m", "select m from s.d left join (select max(k) as m from s.o) on true"],
  ["id", "select id, g from s.d, generate_series(1, k) as t(g)"],
  ["k", "select k + 1 as k from s.d qualify row_number() over (partition by s.d.k order by id) = 1"],
  [
    "k",
    "select case when k > 3 then k else 0 end as k from s.d qualify row_number() over (partition by k order by id) < 3",
  ],
  ["t", "select upper(t) as t from s.d qualify row_number() over (partition by lower(t) order by id) = 1"],
  ["n", "select row_number() over (partition by k order by id) as n from s.d"],
  ["o", "select o.id as o from s.d asof join s.o on d.at >= o.at"],
  ["id", "select d.id from s.d positional join s.o"],
  [
    "id",
    "with recursive r as (select id, k from s.d union all select id, k - 1 from r where k > 0) select * from r",
  ],
  ["id", "select x.id from s.o o, lateral (select id from s.d where d.k = o.k) x"],
  ["one", "select 1 as one from s.d"],
  ["one", "from (values (1, 2), (1, 3)) t(one, two)"],
  ["nothing", "select id from s.d"],
  ["k", "select distinct on (lower(t)) k + 1 as k, t from s.d order by lower(t), id"],
];

describe("proven unique", () => {
  test.each(proven)("(%s) given %s: %s", async (columns, given, sql) => {
    expect(await ask(columns, sql)).toBe(given);
  });
});

describe("not proven unique", () => {
  test.each(others)("(%s): %s", async (columns, sql) => {
    expect(await ask(columns, sql)).toBeUndefined();
  });
});

test("what would need more questions than a query is worth is not proven, and takes a moment", async () => {
  const joins = Array.from({ length: 60 }, (_, at) => `join s.o as o${at} on o${at}.k = d.k`).join(" ");
  const started = process.cpuUsage();
  await ask("id", `select d.id from s.d as d ${joins}`);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(3);
});

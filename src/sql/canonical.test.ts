/** Queries that mean the same have one canonical form; queries with different answers never do. */
import { afterAll, expect, test } from "vitest";
import type { NormalQuery } from "./canonical.ts";
import { openBinder } from "./duckdb-binder.ts";

const binder = await openBinder();
afterAll(() => binder.close());

async function normal(sql: string): Promise<NormalQuery> {
  const outcome = await binder.parse(sql);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const form = outcome.value.canonical.normal;
  if (form === undefined) throw new Error(`no normal form: ${sql}`);
  return form;
}

const same: readonly (readonly [string, string, string])[] = [
  [
    "letter case of names",
    "select ID as n from Raw.Orders where Day > 1",
    "select id as n from raw.orders where day > 1",
  ],
  [
    "redundant parentheses",
    "select ((a)) as n from s.t where ((a > 1))",
    "select a as n from s.t where a > 1",
  ],
  ["the alias of a table", "select o.a from s.t as o where o.b", "select x.a from s.t x where x.b"],
  ["an alias that repeats the name", "select t.a from s.t as t", "select t.a from s.t"],
  ["an alias instead of the name", "select t.a from s.t", "select q.a from s.t q"],
  ["the alias in a star", "select o.* from s.t as o", "select x.* from s.t as x"],
  [
    "the name of a table that nothing refers to",
    "select count(*) as orders from s.orders",
    "select count(*) as orders from s.orders as o",
  ],
  [
    "the name of a CTE",
    "with c as (select a from s.t) select c.a from c",
    "with d as (select a from s.t) select d.a from d",
  ],
  [
    "an alias seen from a subquery",
    "select 1 as n from s.t as o where exists (select 1 from s.u where u.k = o.k)",
    "select 1 as n from s.t as p where exists (select 1 from s.u as v where v.k = p.k)",
  ],
  [
    "a recursive CTE",
    "with recursive r as (select 1 as n union all select r.n + 1 from r where r.n < 5) select n from r",
    "with recursive q as (select 1 as n union all select q.n + 1 from q where q.n < 5) select n from q",
  ],
  [
    "letter case of functions and USING",
    "select COUNT(*) as n from s.t JOIN s.u USING (K)",
    "select count(*) as n from s.t join s.u using (k)",
  ],
];
test.each(same)("%s does not matter", async (_, one, other) => {
  expect((await normal(one)).text).toBe((await normal(other)).text);
  expect((await normal(one)).parts).toEqual((await normal(other)).parts);
});

const different: readonly (readonly [string, string, string])[] = [
  ["an output's name", "select a as n from s.t", "select a as m from s.t"],
  ["a constant", "select 'A' as n from s.t", "select 'a' as n from s.t"],
  ["the letter case of a struct's field", "select {'A': a} as n from s.t", "select {'a': a} as n from s.t"],
  [
    "a name that unpivot turns into data",
    "unpivot s.t on A, B into name k value v",
    "unpivot s.t on a, b into name k value v",
  ],
  [
    "a name in a row as a whole",
    "with c as (select X from s.t) select to_json(c) as j from c",
    "with c as (select x from s.t) select to_json(c) as j from c",
  ],
  [
    "names that a pattern chooses",
    "with c as (select X1, y1 from s.t) select columns('X.*') from c",
    "with c as (select x1, y1 from s.t) select columns('X.*') from c",
  ],
  [
    "which table a column is of",
    "select o.a from s.t as o join s.u as p on o.k = p.k",
    "select p.a from s.t as o join s.u as p on o.k = p.k",
  ],
  [
    "which of two aliases comes first",
    "select o.a from s.t as o, s.t as p",
    "select p.a from s.t as o, s.t as p",
  ],
  [
    "the order of a group's items by place",
    "select a, b from s.t order by 1",
    "select a, b from s.t order by 2",
  ],
];
test.each(different)("%s matters", async (_, one, other) => {
  const [left, right] = [await normal(one), await normal(other)];
  expect([left.text, left.tables]).not.toEqual([right.text, right.tables]);
});

test("datasets stand apart from the text, so that a rename can be told from a change", async () => {
  const one = await normal("select orders.a from raw.orders join raw.items as i on i.k = orders.k");
  const other = await normal("select p.a from raw.purchases p join RAW.Items on items.k = p.k");
  expect(one.text).toBe(other.text);
  expect([one.tables, other.tables]).toEqual([
    ["raw.orders", "raw.items"],
    ["raw.purchases", "raw.items"],
  ]);
});

test("an item apart from the rest: adding one changes nothing of the others", async () => {
  const one = (await normal("select a, b + 1 as n from s.t where c")).parts;
  const other = (await normal("select a, z as y, b + 1 as n from s.t where c")).parts;
  expect(one?.rows).toBe(other?.rows);
  expect(one?.items[0]?.text).toBe(other?.items[0]?.text);
  expect(one?.items[1]?.text).toBe(other?.items[2]?.text);
});

const shaping: readonly (readonly [string, string, string])[] = [
  ["distinct", "select distinct a from s.t", "select distinct a, b from s.t"],
  [
    "group by all",
    "select a, count(*) as n from s.t group by all",
    "select a, b, count(*) as n from s.t group by all",
  ],
  [
    "order by place with a limit",
    "select a from s.t order by 1 limit 1",
    "select b, a from s.t order by 1 limit 1",
  ],
  ["unnest", "select a from s.t", "select a, unnest(l) as x from s.t"],
  ["an aggregate of all rows", "select 1 as a from s.t", "select 1 as a, count(*) as n from s.t"],
  [
    "an item that a filter calls by its alias",
    "select a + 1 as n from s.t where n > 2",
    "select a + 2 as n from s.t where n > 2",
  ],
];
test.each(shaping)("with %s, what is selected decides about the rows", async (_, one, other) => {
  expect((await normal(one)).parts?.rows).not.toBe((await normal(other)).parts?.rows);
});

test("an item that calls another by its alias changes with it", async () => {
  const one = (await normal("select a + 1 as n, n * 2 as m from s.t")).parts;
  const other = (await normal("select a + 2 as n, n * 2 as m from s.t")).parts;
  expect(one?.items[1]?.text).not.toBe(other?.items[1]?.text);
});

test("items that all call each other cost no more than they are", async () => {
  const items = Array.from({ length: 300 }, (_, at) =>
    at === 0
      ? "a as c0"
      : `${Array.from({ length: Math.min(at, 8) }, (_unused, back) => `c${at - 1 - back}`).join(" + ")} as c${at}`,
  );
  const started = process.cpuUsage();
  const form = await normal(`select ${items.join(", ")} from s.t`);
  const { user, system } = process.cpuUsage(started);
  expect(form.parts?.items).toHaveLength(300);
  expect((user + system) / 1e6).toBeLessThan(2);
});

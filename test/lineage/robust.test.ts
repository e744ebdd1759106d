/** Lineage of queries that nobody should write: an answer or a clear problem, no crash, no hang. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueryLineage } from "../../src/graph/lineage.ts";
import type { Binder, Outcome } from "../../src/sql/binder.ts";
import { openBinder } from "../../src/sql/duckdb-binder.ts";
import { quoteDataset, quoteName } from "../../src/sql/quote.ts";
import { scriptWords } from "./script-words.ts";

let binder: Binder;

beforeAll(async () => {
  binder = await openBinder();
  const bigint = (name: string) => ({ name, engineType: "BIGINT" });
  await binder.declare("raw.t", [bigint("a"), bigint("b"), { name: "name", engineType: "VARCHAR" }]);
  await binder.declare(
    "raw.wide",
    Array.from({ length: 2000 }, (_, at) => bigint(`c${at}`)),
  );
});

afterAll(() => binder.close());

const repeat = (count: number, part: (at: number) => string, between = ", "): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(between);

function nest(count: number, around: (inner: string, at: number) => string, core: string): string {
  let sql = core;
  for (let at = 0; at < count; at++) sql = around(sql, at);
  return sql;
}

/** Seconds of work for one query on a slow machine; what hangs takes longer. */
const longest = 15;

async function trace(sql: string): Promise<Outcome<QueryLineage>> {
  const before = process.cpuUsage();
  const outcome = await binder.trace(sql);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(longest);
  return outcome;
}

/** What is said of each output column, in short; `?` where it is not proven. */
async function lineage(sql: string): Promise<Record<string, string>> {
  const outcome = await trace(sql);
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  const { columns, rows } = outcome.value;
  return Object.fromEntries(
    columns.map(({ column, direct, indirect, proven }) => {
      const sources = [...direct, ...indirect, ...rows].map((one) => one.column);
      return [column, proven ? [...new Set(sources)].toSorted().join(" ") : "?"];
    }),
  );
}

describe("a megabyte of SQL", () => {
  const megabyte = 1_000_000;
  test.each([
    ["a comment", `select a from raw.t /*${"x".repeat(megabyte)}*/`, { a: "a" }],
    ["a text", `select '${"x".repeat(megabyte)}' || name as n from raw.t`, { n: "name" }],
    ["a list", `select a from raw.t where b in (${repeat(150_000, String)})`, { a: "a b" }],
    [
      "branches",
      `select case ${repeat(28_000, (at) => `when a = ${at} then b * ${at % 7} + a`, " ")} end as v from raw.t`,
      { v: "a b" },
    ],
    [
      "conditions",
      `select name from raw.t where ${repeat(32_000, (at) => `a <> ${at} + b + 1000000`, " and ")}`,
      { name: "a b name" },
    ],
    ["a union", repeat(24_000, (at) => `select a + ${at} as v from raw.t`, "\nunion all\n"), { v: "a" }],
    [
      "rows",
      `select v.x, t.a from (values ${repeat(100_000, (at) => `(${at})`)}) v(x) join raw.t on t.b = v.x`,
      { x: "b", a: "a b" },
    ],
  ])("%s", async (_, sql, expected) => {
    expect(sql.length).toBeGreaterThan(megabyte * 0.75);
    expect(await lineage(sql)).toEqual(expected);
  });

  test("columns", async () => {
    const sql = `select ${repeat(25_000, (at) => `a + b * ${at} - length(name) as x${at}`)} from raw.t`;
    const found = await lineage(sql);
    expect(Object.keys(found)).toHaveLength(25_000);
    expect(found["x24999"]).toBe("a b name");
  });
});

describe("five hundred levels", () => {
  test.each([
    [
      "common table expressions",
      (inner: string, at: number) => `with q${at} as (${inner}) select a + 1 as a from q${at}`,
    ],
    ["unions", (inner: string) => `(${inner}) union all (select a from raw.t)`],
  ])("%s are followed", async (_, around) => {
    expect(await lineage(nest(500, around, "select a from raw.t"))).toEqual({ a: "a" });
  });

  test("brackets and functions are followed", async () => {
    expect(await lineage(`select ${"(".repeat(500)}a${")".repeat(500)} as v from raw.t`)).toEqual({ v: "a" });
    expect(await lineage(`select ${"abs(".repeat(500)}a${")".repeat(500)} as v from raw.t`)).toEqual({
      v: "a",
    });
  });

  test.each([
    [
      "queries in from",
      (inner: string, at: number) => `select a, b + 1 as b from (${inner}) as q${at} where a > ${at}`,
    ],
    ["stars", (inner: string, at: number) => `select * from (${inner}) as q${at}`],
    ["scalar queries", (inner: string) => `select (select max(a) from (${inner})) as a, b from raw.t`],
    ["in", (inner: string) => `select a, b from raw.t where a in (select a from (${inner}))`],
    [
      "exists",
      (inner: string, at: number) =>
        `select a, b from raw.t as t${at} where exists (select 1 from (${inner}) as q${at} where q${at}.a = t${at}.a)`,
    ],
  ])("%s are followed, or it is said that they are too deep", async (_, around) => {
    const outcome = await trace(nest(500, around, "select a, b from raw.t"));
    if (outcome.ok) {
      expect(outcome.value.columns.map(({ column }) => column)).toEqual(["a", "b"]);
    } else {
      expect(outcome.problems).toMatchObject([
        { code: "sql-syntax", message: expect.stringContaining("levels deep"), hint: expect.any(String) },
      ]);
    }
    // As deep as the engine reads, it is followed.
    const found = await trace(nest(40, around, "select a, b from raw.t"));
    expect(found).toMatchObject({ ok: true, value: { columns: [{ proven: true }, { proven: true }] } });
  });

  test("five thousand do not bring it down", async () => {
    const deep = nest(5_000, (inner, at) => `select a from (${inner}) as q${at}`, "select a from raw.t");
    expect(await trace(deep)).toMatchObject({ ok: false, problems: [{ code: "sql-syntax" }] });
    expect(await trace(`select ${repeat(200_000, () => "a", " + ")} as v from raw.t`)).toMatchObject({
      ok: false,
    });
    expect(await lineage("select a from raw.t")).toEqual({ a: "a" });
  });
});

describe("two thousand columns", () => {
  test("a star", async () => {
    const found = await lineage("select * from raw.wide");
    expect(Object.keys(found)).toHaveLength(2000);
    expect(found["c1999"]).toBe("c1999");
  });

  test("each made of several, beside a join", async () => {
    const items = repeat(2000, (at) => `l.c${at} + r.c${(at * 7) % 2000} as x${at}`);
    const found = await lineage(`select ${items} from raw.wide l join raw.wide r on l.c1 = r.c2`);
    expect(found["x3"]).toBe("c1 c2 c21 c3");
  });

  test("a union, an aggregate, a window of each", async () => {
    const union = await lineage("select * from raw.wide union select * from raw.wide");
    expect(union["c7"]?.split(" ")).toHaveLength(2000);
    const most = await lineage(
      `select ${repeat(2000, (at) => `max(c${at}) as m${at}`)} from raw.wide group by c0`,
    );
    expect(most["m9"]).toBe("c0 c9");
    const windows = repeat(2000, (at) => `lag(c${at}) over (partition by c1 order by c2) as w${at}`);
    expect((await lineage(`select ${windows} from raw.wide`))["w9"]).toBe("c1 c2 c9");
  });

  test("all of them in one, and that in all of them", async () => {
    const one = await lineage("select concat(*columns(*)) as everything from raw.wide");
    expect(one["everything"]?.split(" ")).toHaveLength(2000);
    const all = repeat(2000, (at) => `everything || c${at} as x${at}`);
    const sql = `select ${all} from (select *, concat(*columns(*)) as everything from raw.wide)`;
    const outcome = await trace(sql);
    // Four million sources: the answer may be that they cannot be told.
    if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
    const [first] = outcome.value.columns;
    expect(first?.proven === false || first?.direct.length === 2000).toBe(true);
  });
});

describe("names", () => {
  async function roundTrip(schema: string, table: string, column: string): Promise<unknown> {
    const dataset = `${schema}.${table}`;
    await binder.declare(dataset, [
      { name: column, engineType: "BIGINT" },
      { name: `${column} 2`, engineType: "BIGINT" },
    ]);
    const from = quoteDataset(dataset);
    const outcome = await trace(
      `select ${quoteName(column)} + 1 as ${quoteName(`${column}!`)} from ${from} where ${quoteName(`${column} 2`)} > 0`,
    );
    const expected = {
      ok: true,
      value: {
        rows: [{ dataset, column: `${column} 2`, by: "filter" }],
        columns: [{ column: `${column}!`, direct: [{ dataset, column, kind: "expression" }], proven: true }],
      },
    };
    expect(outcome).toMatchObject(expected);
    return outcome;
  }

  test("of every Unicode script", async () => {
    const words = scriptWords();
    expect(words.size).toBeGreaterThan(150);
    for (const [script, word] of words) {
      await expect(roundTrip(word, `${word}${word}`, word), script).resolves.toMatchObject({ ok: true });
    }
  });

  test.each([
    ['say "hi"', 'a"b', '"'],
    ["it's", "'; drop schema raw cascade; --", "''"],
    ["a b", "semi;colon", "-- no comment"],
    ["/* open", "*/ close", "back\\slash"],
    ["select", "from", "where"],
    ["line\nbreak", "tab\tstop", "return\r"],
    ["👩‍👩‍👧‍👦", "🏴‍☠️", "e\u0301"],
    ["\u202Ertl", "zero\u200Bwidth", "\uFEFFbom"],
    ["$run_date", "$1", "?"],
    ["dots", "a.b.c", "a.b"],
    ["a query", "a query", "x_1"],
  ])("%j, %j, %j", async (schema, table, column) => {
    await roundTrip(schema, table, column);
    expect(await lineage("select a from raw.t")).toEqual({ a: "a" });
  });
});

test("names of ten thousand letters", async () => {
  const name = "n".repeat(10_000);
  await binder.declare(`raw.${name}`, [{ name, engineType: "BIGINT" }]);
  expect(await lineage(`select ${name} + 1 as short from raw.${name}`)).toEqual({ short: name });
});

describe("what is no query", () => {
  test.each([
    "select 1 as a) union all (select 2 as b",
    "select a from raw.t) as x; drop table raw.t; --",
    "select a from raw.t; select b from raw.t",
    "create table x as select 1",
    "select a from raw.t where name = '",
    "select 'a\0b'",
    ")",
    "",
  ])("%j has no lineage", async (sql) => {
    expect((await trace(sql)).ok).toBe(false);
    expect(await lineage("select a from raw.t")).toEqual({ a: "a" });
  });
});

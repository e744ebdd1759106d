import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Binder, SqlProblem } from "./binder.ts";
import { openBinder } from "./duckdb-binder.ts";

let binder: Binder;

beforeAll(async () => {
  binder = await openBinder();
  await binder.declare("raw.comments", [
    { name: "id", engineType: "VARCHAR" },
    { name: "likes", engineType: "BIGINT" },
    { name: "posted_at", engineType: "TIMESTAMP" },
    { name: 'we"ird', engineType: "DECIMAL(4,1)" },
  ]);
});

afterAll(() => binder.close());

async function parse(sql: string) {
  const outcome = await binder.parse(sql);
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return outcome.value;
}

async function columns(sql: string): Promise<string[]> {
  const outcome = await binder.bind(sql);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value.map(({ name, engineType }) => `${name} ${engineType}`);
}

async function problem(sql: string): Promise<SqlProblem> {
  const outcome = await binder.bind(sql);
  if (outcome.ok || outcome.problems[0] === undefined) throw new Error("it binds");
  return outcome.problems[0];
}

describe("parse", () => {
  test.each([
    ["select * from raw.comments c join other.x using (id)", ["other.x", "raw.comments"]],
    ["with comments as (select * from raw.comments) select * from comments", ["raw.comments"]],
    ["with raw as (select 1) select * from raw.comments, raw", ["raw.comments"]],
    ["with a as (select * from b), b as (select * from a) select * from b", ["b"]],
    ["with recursive r as (select 1 as n union all select n + 1 from R where n < 3) select * from r", []],
    [
      "select (select max(x) from s.y), exists (from s.z) from s.t where a in (from s.w)",
      ["s.t", "s.w", "s.y", "s.z"],
    ],
    ["select * from (with q as (select 1) select * from q) join q using (x)", ["q"]],
    ['select * from "raw"."com""ments"', ['raw.com"ments']],
    ["select * from raw.comments limit (select count(*) from raw.limits)", ["raw.comments", "raw.limits"]],
    ["select 1 from range(3), unnest([1])", []],
    ["from raw.a union all (table raw.b)", ["raw.a", "raw.b"]],
  ])("finds the datasets of %s", async (sql, expected) => {
    const { references } = await parse(sql);
    expect(references.map((reference) => reference.name).sort()).toEqual(expected);
  });

  test("places references in characters, not bytes", async () => {
    const sql = "select '🎉ö' as a from raw.comments";
    const [reference] = (await parse(sql)).references;
    expect(sql.slice(reference?.position)).toBe("raw.comments");
  });

  test("says the same of queries that mean the same", async () => {
    const one = await parse("select id, 1 as n from raw.comments where likes > 2");
    const two = await parse("-- note\nSELECT  id, 1 AS n\nFROM raw.comments /* x */ WHERE likes > 2;");
    const three = await parse("select id, 1 as n from raw.comments where likes > 3");
    expect(two.canonical).toEqual(one.canonical);
    expect(three.canonical).not.toEqual(one.canonical);
  });

  test("keeps apart numbers that JavaScript cannot", async () => {
    const one = await parse("select 9007199254740992 as n");
    const two = await parse("select 9007199254740993 as n");
    expect(two.canonical).not.toEqual(one.canonical);
  });

  test("reads numbers beyond those of JSON", async () => {
    const endless = await parse("select id, 1e400 as n from raw.comments where likes < 1e400");
    expect([endless.references.length, endless.problems]).toEqual([1, []]);
    const finite = await parse("select id, null as n from raw.comments where likes < null");
    expect(finite.canonical).not.toEqual(endless.canonical);
  });

  test("keeps apart texts that speak of places", async () => {
    const one = await parse(`select '"query_location":1,' as n`);
    const two = await parse(`select '"query_location":2,' as n`);
    expect(two.canonical).not.toEqual(one.canonical);
  });

  test("knows whether the outermost query has an order", async () => {
    expect((await parse("select 1 as a order by a")).ordered).toBe(true);
    expect((await parse("select 1 as a union select 2 order by all")).ordered).toBe(true);
    expect((await parse("select * from (select 1 as a order by a)")).ordered).toBe(false);
  });

  test("lists parameters", async () => {
    const { parameters, problems } = await parse(
      "select $run_date as d, $run_time as t, '$nothing', $run_date",
    );
    expect([parameters, problems]).toEqual([["run_date", "run_time"], []]);
  });

  test.each([
    "now()",
    "NOW()",
    "main.now()",
    "current_timestamp",
    "current_date",
    "today()",
    "localtime",
    "random()",
    "uuid()",
    "gen_random_uuid()",
    "nextval('s')",
    "getvariable('x')",
    "current_setting('threads')",
    "age(posted_at)",
    "ago(interval 1 day)",
    "txid_current()",
    "count(*) filter (now() > posted_at)",
    "sum(likes) over (order by random())",
  ])("finds that %s is not hermetic", async (expression) => {
    const { problems } = await parse(`select id, ${expression} as x from raw.comments`);
    expect(problems.map((one) => one.code)).toEqual(["not-hermetic"]);
    expect(problems[0]?.hint).toBeTruthy();
  });

  test.each([
    "read_csv('x')",
    "read_parquet('x')",
    "glob('*')",
    "duckdb_tables()",
    "'x.csv'",
    "'/etc/passwd'",
    "'s3://a/b'",
    "information_schema.tables",
    "pg_catalog.pg_class",
    "query('select 1')",
    "query_table('raw.comments')",
    "pragma_version()",
    "histogram(raw.comments, id)",
    "raw.comments using sample 1",
  ])("finds that from %s is not hermetic", async (table) => {
    const { problems } = await parse(`select * from ${table}`);
    expect(problems.map((one) => one.code)).toEqual(["not-hermetic"]);
  });

  test.each(["age(posted_at, posted_at)", "hash(id)", "date_trunc('day', posted_at)", "raw.now"])(
    "leaves %s alone",
    async (expression) => {
      expect((await parse(`select ${expression} as x from raw.comments`)).problems).toEqual([]);
    },
  );

  test("leaves a seeded sample alone", async () => {
    const sql = "select * from raw.comments tablesample reservoir(10 rows) repeatable (7)";
    expect((await parse(sql)).problems).toEqual([]);
  });
});

describe("bind", () => {
  test("infers names and types, in order", async () => {
    expect(await columns(`select id, likes / 2 as half, "we""ird" from raw.comments`)).toEqual([
      "id VARCHAR",
      "half DOUBLE",
      'we"ird DECIMAL(4,1)',
    ]);
  });

  test("keeps 128-bit integers as decimals and JSON as text", async () => {
    expect(
      await columns("select sum(likes) as s, [1::hugeint] as l, '{}'::json as j from raw.comments"),
    ).toEqual(["s DECIMAL(38,0)", "l DECIMAL(38,0)[]", "j VARCHAR"]);
  });

  test("keeps what files would change as what they make of it", async () => {
    expect(
      await columns("select 'a'::enum('a') as e, [1]::int[1] as l, {'h': 1::hugeint, 'i': [1]} as s"),
    ).toEqual(["e VARCHAR", "l INTEGER[]", "s STRUCT(h DECIMAL(38,0), i INTEGER[])"]);
  });

  test.each(["row(1, 2)", "[row(1, 'a')]", "union_value(a := 1)"])(
    "refuses %s as a column",
    async (value) => {
      expect(await problem(`select ${value} as x`)).toMatchObject({
        code: "sql-bind",
        message: expect.stringMatching(/^column "x" has the type .*, which no file can keep$/),
      });
    },
  );

  test("knows the types of parameters", async () => {
    expect(
      await columns("select $run_time as t, $run_date as d, $run_date + 1 as e, [$run_date] as l"),
    ).toEqual(["t TIMESTAMP", "d DATE", "e DATE", "l DATE[]"]);
  });

  test("sees a dataset that is declared again", async () => {
    await binder.declare("raw.again", [{ name: "a", engineType: "BIGINT" }]);
    expect(await columns("select * from raw.again")).toEqual(["a BIGINT"]);
    await binder.declare("raw.again", [{ name: "b", engineType: "DATE" }]);
    expect(await columns("select * from raw.again")).toEqual(["b DATE"]);
  });

  test("knows no number of a row, which no file has, unless something is called so", async () => {
    for (const sql of [
      "select id, rowid as r from raw.comments",
      "select id, c.RowId from raw.comments c",
      "select id from raw.comments where likes > 1 order by (select max(o.rowid) from raw.comments o)",
    ]) {
      const position = sql.toLowerCase().lastIndexOf("rowid");
      const found = await problem(sql);
      expect(found).toMatchObject({ code: "unknown-column", length: 5 });
      expect(position - (found.position ?? 0), sql).toBeLessThanOrEqual(2);
      expect(await binder.trace(sql)).toMatchObject({ ok: false, problems: [{ code: "unknown-column" }] });
    }
    expect(await columns("select likes as x, 'rowid' as t from raw.comments -- rowid")).toHaveLength(2);
    expect(
      await columns("select rowid from (select row_number() over (order by id) as rowid from raw.comments)"),
    ).toEqual(["rowid BIGINT"]);
    expect(await columns("select rowid from (values (1)) v(rowid)")).toEqual(["rowid INTEGER"]);
  });

  test("answers many at once", async () => {
    const many = Array.from({ length: 50 }, (_, index) => columns(`select ${index} as n${index}`));
    expect((await Promise.all(many)).flat()[49]).toBe("n49 INTEGER");
  });

  test.each([
    ["select '🎉', lower(c.idd) from raw.comments c", "unknown-column", "idd", 'did you mean "id"?'],
    ["select $run_time, likez from raw.comments", "unknown-column", "likez", 'did you mean "likes"?'],
    ["select id from raw.coments", "unknown-dataset", "raw.coments", undefined],
    ["select x.id from raw.comments", "sql-bind", "x", 'there: "comments"'],
    ["select lowr(id) from raw.comments", "sql-bind", "lowr", 'did you mean "lower"?'],
    ["select id, likes as ID from raw.comments", "sql-bind", "li", undefined],
    ["select id from from raw.comments", "sql-syntax", "from", undefined],
    ["select * from read_csv('/etc/passwd')", "not-hermetic", "read_csv", undefined],
  ])("%s", async (sql, code, marked, hint) => {
    const found = await problem(sql);
    expect(found.code).toBe(code);
    expect(sql.slice(found.position).slice(0, found.length)).toBe(marked);
    if (hint !== undefined) expect(found.hint).toBe(hint);
  });

  test.each([
    "",
    "-- nothing",
    "drop table raw.comments",
    "select 1; drop table raw.comments",
    "set threads = 4",
    "select 'a\0b'",
  ])("refuses %j and stays as it was", async (sql) => {
    expect((await binder.bind(sql)).ok).toBe(false);
    expect(await columns("select id from raw.comments")).toEqual(["id VARCHAR"]);
  });

  test("takes names for names, whatever is in them", async () => {
    const name = 'x"; drop table raw.comments; --';
    await binder.declare(`evil.${name}`, [{ name, engineType: "BIGINT" }]);
    expect(await columns(`select * from evil."${name.replaceAll('"', '""')}"`)).toEqual([`${name} BIGINT`]);
    expect(await columns("select id from raw.comments")).toEqual(["id VARCHAR"]);
  });
});

test("closing waits for what is under way", async () => {
  const closing = await openBinder();
  const begun = [
    closing.declare("raw.wide", [{ name: "id", engineType: "VARCHAR" }]),
    closing.declare("raw.late", [{ name: "id", engineType: "VARCHAR" }]),
    ...Array.from({ length: 50 }, (_, at) => closing.parse(`select id, ${at} as at from raw.wide`)),
    ...Array.from({ length: 50 }, (_, at) => closing.trace(`select ${at} as at`)),
  ];
  closing.close();
  const answers = await Promise.all(begun);
  expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(100);
});

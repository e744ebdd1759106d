import { afterAll, beforeAll, expect, test } from "vitest";
import type { QueryLineage } from "../../../src/graph/lineage.ts";
import type { Binder } from "../../../src/sql/binder.ts";
import { openBinder } from "../../../src/sql/duckdb-binder.ts";

/** Queries that nobody should write: each has an answer or says that it has none, soon and without falling over. */
const wide = Array.from({ length: 2000 }, (_, index) => `c${index}x`);
let binder: Binder;

beforeAll(async () => {
  binder = await openBinder();
  await binder.declare(
    "s.wide",
    wide.map((name) => ({ name, engineType: "BIGINT" })),
  );
  await binder.declare("s.t", [
    { name: "id", engineType: "BIGINT" },
    { name: "x", engineType: "BIGINT" },
  ]);
});

afterAll(() => binder.close());

async function trace(sql: string): Promise<QueryLineage> {
  const outcome = await binder.trace(sql);
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return outcome.value;
}

const repeat = (count: number, part: (index: number) => string, between = ""): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

const isProven = ({ columns }: QueryLineage): boolean => columns.every((column) => column.proven);

test("2,000 columns through 20 levels", async () => {
  const sql = `${"select * from (".repeat(20)}select * from s.wide${")".repeat(20)}`;
  const { columns, rows } = await trace(sql);
  expect(columns.map(({ direct }) => direct.map((source) => source.column))).toEqual(
    wide.map((name) => [name]),
  );
  expect(rows).toEqual([]);
});

test("all of 2,000 columns decide about rows", async () => {
  const lineage = await trace("select distinct * from s.wide union select * from s.wide");
  expect([lineage.rows.length, isProven(lineage)]).toEqual([2000, true]);
});

test("a megabyte of values", async () => {
  const sql = `select id from s.t where x in (${repeat(150_000, String, ",")})`;
  expect(await trace(sql)).toMatchObject({
    rows: [{ dataset: "s.t", column: "x", by: "filter" }],
    columns: [{ column: "id", proven: true }],
  });
});

test("subqueries that are correlated 60 levels deep", async () => {
  const open = repeat(60, (index) => `(select t${index}.x + `);
  const close = repeat(60, (index) => {
    const own = 59 - index;
    return ` from s.t t${own} where t${own}.id = ${own === 0 ? "t" : `t${own - 1}`}.id limit 1)`;
  });
  const lineage = await trace(`select id, ${open}1${close} as y from s.t t`);
  expect(lineage.columns[1]).toMatchObject({ direct: [{ column: "x" }], proven: true });
});

test("a chain of 400 table expressions, each read twice", async () => {
  const links = repeat(
    400,
    (index) => {
      const before = index === 0 ? "s.t" : `q${index - 1}`;
      return `q${index} as (select a.id, a.x + b.x as x from ${before} a join ${before} b using (id))`;
    },
    ", ",
  );
  const { rows, columns } = await trace(`with ${links} select * from q399`);
  expect(rows).toEqual([{ dataset: "s.t", column: "id", by: "join" }]);
  expect(columns[1]?.direct).toEqual([{ dataset: "s.t", column: "x", kind: "expression" }]);
});

test("sources beyond what anyone can read are unproven", async () => {
  const all = wide.join(", ");
  const { columns } = await trace(
    `select ${repeat(60, (index) => `greatest(${all}) as y${index}y`, ", ")} from s.wide`,
  );
  expect(columns.map((column) => column.proven)).toEqual(Array.from({ length: 60 }, () => false));
});

test("a recursion that would take too many rounds is unproven", async () => {
  const names = (shift: number): string => repeat(300, (index) => `c${(index + shift) % 300}x`, ", ");
  const { columns } = await trace(
    `with recursive r as (select ${names(0)} from s.wide union all select ${names(1)} from r) select * from r`,
  );
  expect(columns.some((column) => column.proven)).toBe(false);
});

test("what the engine does not read has no lineage, and a reason", async () => {
  const outcome = await binder.trace(`${"select * from (".repeat(700)}select id from s.t${")".repeat(700)}`);
  expect(outcome).toMatchObject({ ok: false, problems: [{ code: "sql-syntax" }] });
});

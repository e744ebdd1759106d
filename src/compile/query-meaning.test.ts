/** Queries of one meaning have one answer: asked of real data, with names chosen to be misread. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import type { GraphColumn } from "../graph/graph.ts";
import { openBinder } from "../sql/duckdb-binder.ts";
import { DatasetNames } from "./dataset-names.ts";
import type { DatasetEntry } from "./draft.ts";
import { settleMeaning } from "./query-meaning.ts";

const binder = await openBinder();
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
afterAll(() => {
  binder.close();
  connection.closeSync();
});

await connection.run(`create schema s;
  create table s.t as select * from (values
    (1, 10, {'k': 7, 'v': 70}, {'k': 8, 'v': 80}), (2, 20, {'k': 9, 'v': 90}, {'k': 6, 'v': 60})) as _(k, v, o, p);
  create table s.u as select * from (values (1, 'one', {'k': 5}), (2, 'two', {'k': 4}), (2, 'zwei', {'k': 3})) as _(k, w, t);`);
const shape = async (table: string): Promise<GraphColumn[]> =>
  (await connection.runAndReadAll(`describe ${table}`))
    .getRowObjects()
    .map((row) => ({ name: String(row["column_name"]), engineType: String(row["column_type"]) }));
const inputs = [await shape("s.t"), await shape("s.u")];
const names = new DatasetNames();
for (const id of ["s.t", "s.u"]) names.add({ id } as DatasetEntry);

/** `A`, `B` and `C` are names to be chosen: most of them mean something else as well. */
const templates = [
  "select A.k as n from s.t as A order by all",
  "select A.k as n, B.w from s.t as A join s.u as B on A.k = B.k order by all",
  "select B.k as n from s.t as A join s.u as B on A.k = B.k order by all",
  "select A.k as n from s.t as A, s.t as B where B.v > 10 order by all",
  "select A.v as n from s.t as A where exists (select 1 from s.u as B where B.k = A.k) order by all",
  "select A.k as n, (select max(A.k) from s.u as B) as m from s.t as A order by all",
  "select A.k as n from (select o, p from s.t) as A order by all",
  "with A as (select k, o from s.t) select A.k as n, B.k as m from A join s.u as B on B.k = A.k order by all",
  "with A as (select k from s.t), B as (select k from s.u) select A.k as n from A, B order by all",
  "with A as (select k from s.t), B as (select k from s.u) select B.k as n from A, B order by all",
  "select A.* from s.t as A, lateral (select A.k + 1 as C) as B order by all",
  "select o.k as n from s.t as A order by all",
  "select p.k as n from s.t as A order by all",
  "select t.k as n from s.u as A order by all",
  "select A.k as n from s.u as A order by all",
  "select B.k as n from s.u as A, s.t as B order by all",
];
const chosen = ["o", "p", "t", "u", "k", "x", "O", "y"];

test("one meaning, one answer", async () => {
  const answers = new Map<string, { readonly sql: string; readonly rows: string }>();
  let twins = 0;
  for (const template of templates) {
    for (const a of chosen) {
      for (const b of chosen) {
        const sql = template.replaceAll(/\b[ABC]\b/g, (name) => ({ A: a, B: b, C: "z" })[name] ?? name);
        const outcome = await binder.parse(sql);
        const result = await connection.runAndReadAll(sql).catch(() => undefined);
        if (!outcome.ok || result === undefined) continue;
        const columns = result.columnNames().map((name) => ({ name, engineType: "" }));
        const { normal } = outcome.value.canonical;
        const meaning = settleMeaning(normal, names, inputs, columns);
        if (meaning === undefined) continue;
        const key = JSON.stringify([meaning.query, meaning.tables, columns]);
        const rows = JSON.stringify(result.getRowsJson());
        const known = answers.get(key);
        if (known === undefined) answers.set(key, { sql, rows });
        else {
          twins += 1;
          expect(rows, `${known.sql}\n${sql}`).toBe(known.rows);
        }
      }
    }
  }
  // Or nothing was tested.
  expect(twins).toBeGreaterThan(50);
});

test("a name that is also that of a column is left as it is", async () => {
  const outcome = await binder.parse("select o.k as n from s.t as o");
  if (!outcome.ok) throw new Error("it is a query");
  const { normal } = outcome.value.canonical;
  expect(settleMeaning(normal, names, inputs, [{ name: "n", engineType: "INTEGER" }])).toBeUndefined();
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueryLineage } from "../../src/graph/lineage.ts";
import type { Binder } from "../../src/sql/binder.ts";
import { openBinder } from "../../src/sql/duckdb-binder.ts";
import { datasets } from "./answer-key/datasets.ts";
import { readKey } from "./answer-key/read-key.ts";

let binder: Binder;

beforeAll(async () => {
  binder = await openBinder();
  for (const [, id, columns] of datasets) {
    const list = Object.entries(columns).map(([name, engineType]) => ({ name, engineType }));
    await binder.declare(id, list);
  }
});

afterAll(() => binder.close());

async function trace(sql: string): Promise<QueryLineage> {
  const outcome = await binder.trace(sql);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const { rows, columns } = outcome.value;
  return { rows, columns };
}

const key = readKey();

test("the key asks about many queries, each once", () => {
  const queries = [...key.values()].flat().map(({ sql }) => sql);
  expect(queries.length).toBeGreaterThanOrEqual(200);
  expect(new Set(queries).size).toBe(queries.length);
});

describe.each([...key])("%s", (_, answers) => {
  test.each(answers.map(({ sql, lineage }) => ({ sql, lineage })))("$sql", async ({ sql, lineage }) => {
    expect(await trace(sql)).toEqual(lineage);
  });
});

test("columns and types are those that binding alone finds", async () => {
  for (const { sql } of [...key.values()].flat()) {
    const traced = await binder.trace(sql);
    const bound = await binder.bind(sql);
    expect(traced.ok && traced.value.bound, sql).toEqual(bound.ok && bound.value);
  }
});

test.each([
  ["select nope from shop.people", "unknown-column"],
  ["select id from shop.nowhere", "unknown-dataset"],
  ["select id, name as id from shop.people", "sql-bind"],
  ["select id, name as id, city as id_1 from shop.people", "sql-bind"],
  ["selec id", "sql-syntax"],
  ["drop table shop.people", "sql-syntax"],
  ["select 1 as a; select 2 as b", "sql-bind"],
  ["select id from shop.people) with no data; --", "sql-syntax"],
  ["select 1 as a) union all (select 2 as b", "sql-syntax"],
])("what does not bind has no lineage: %s", async (sql, code) => {
  const traced = await binder.trace(sql);
  const bound = await binder.bind(sql);
  expect(traced).toEqual(bound);
  expect(traced.ok ? "" : traced.problems[0]?.code).toBe(code);
});

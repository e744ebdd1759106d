/**
 * What the engine makes of a query to be quick means the same as the query: made-up queries are asked as Sluice asks them, with
 * more threads than there are processors, and of an engine that does only what the query says.
 * `SLUICE_REWRITINGS=5000` asks that many, `SLUICE_REWRITINGS_FROM=1` from which number on.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, distrusted, openDatabase } from "../../src/engine/duckdb/database.ts";
import { parquetOptions } from "../../src/engine/duckdb/write-parquet.ts";
import { Choices } from "../lineage/choices.ts";
import { QueryMaker, rowsOf, tables } from "./made-query.ts";

const wanted = Number(process.env["SLUICE_REWRITINGS"] ?? 300);
const from = Number(process.env["SLUICE_REWRITINGS_FROM"] ?? 1);

/** Queries over the same tables. */
const together = 10;

let directory: string;
let database: Database;
/** All rewritings but those without which the engine breaks on some queries. */
let all: readonly string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-rewritings-"));
  database = await openDatabase({ memory: 2_000_000_000, threads: 4 });
  const known = await database.all<{ name: string }>("select name from duckdb_optimizers()");
  all = known.flatMap(({ name }) => (["filter_pushdown", "expression_rewriter"].includes(name) ? [] : name));
  expect(all).toEqual(expect.arrayContaining([...distrusted]));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function load(choices: Choices): Promise<void> {
  for (const name of tables) {
    const path = join(directory, `${name}.parquet`);
    const rows = choices.pick([9, 300, 30, 3000, 300, 0]);
    await database.run(`copy (${rowsOf(choices, rows)}) to '${path}' (${parquetOptions})`);
    await database.run(`create or replace view ${name} as from read_parquet('${path}')`);
  }
}

/** The rows of an answer in no order, or why there is none. */
async function answer(
  connection: DuckDBConnection,
  sql: string,
  without: readonly string[],
): Promise<string> {
  await connection.run(`set disabled_optimizers = '${without.join(",")}'`);
  return connection.runAndReadAll(sql).then(
    (rows) =>
      rows
        .getRowsJson()
        .map((row) => JSON.stringify(row))
        .toSorted()
        .join("\n"),
    (error: Error) => `error: ${error.message.slice(0, 200)}`,
  );
}

interface Compared {
  readonly asked: number;
  /** That had rows, so that something could be missing. */
  readonly withRows: number;
  readonly differing?: string;
}

/** Ask the queries of these numbers without some rewritings, `times` each, and without nearly any; until one differs. */
async function compare(
  seeds: readonly number[],
  without: readonly string[],
  times: number,
): Promise<Compared> {
  let withRows = 0;
  let asked = 0;
  for (const seed of seeds) {
    const choices = new Choices(seed);
    await load(choices);
    for (let one = 1; one <= together; one++) {
      const sql = new QueryMaker(choices).query();
      const plain = await answer(database.connection, sql, all);
      expect(plain, sql).not.toMatch(/^error:/);
      asked += 1;
      if (plain !== "") withRows += 1;
      for (let time = 0; time < times; time++)
        if ((await answer(database.connection, sql, without)) !== plain)
          return { asked, withRows, differing: `-- ${seed}, query ${one}\n${sql}` };
    }
  }
  return { asked, withRows };
}

test(
  "what is trusted means what the query says",
  async () => {
    const seeds = Array.from({ length: Math.ceil(wanted / together) }, (_, at) => from + at);
    const { asked, withRows, differing } = await compare(seeds, distrusted, 2);
    expect(differing).toBeUndefined();
    expect(withRows).toBeGreaterThan(asked * 0.4);
  },
  60_000 + wanted * 200,
);

test("what is not trusted is noticed", { timeout: 120_000 }, async () => {
  // Among these are queries that go wrong often, unless one of the rewritings hides what another has done.
  const { differing } = await compare([2020, 2140], ["late_materialization"], 30);
  expect(differing).toBeDefined();
});

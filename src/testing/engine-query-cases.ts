import assert from "node:assert/strict";
import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InputTable } from "../engine/engine.ts";
import { type EngineCase, engineCase, type EngineSubject, tableOf } from "./engine-subject.ts";
import { refusal } from "./refusal.ts";

const limits = { memory: 200_000_000, threads: 1 };

const orders = (subject: EngineSubject): Promise<InputTable> =>
  tableOf(subject, "raw.orders", { id: "BIGINT", word: "VARCHAR" }, [
    { id: 1, word: "a" },
    { id: 2, word: null },
  ]);

/** Run a query to its end. */
async function rowsOf(
  subject: EngineSubject,
  sql: string,
  tables: readonly InputTable[],
): Promise<unknown[]> {
  const { rows } = await subject.engine.query(sql, tables, limits);
  const all: unknown[] = [];
  for await (const chunk of rows) all.push(...chunk);
  return all;
}

/** Everything that would lead out of the given tables, or change anything. */
const forbidden = (secret: string): readonly string[] => [
  `select * from read_csv('${secret}')`,
  `select * from '${secret}'`,
  `select content from read_text('${secret}')`,
  "select * from read_text('/etc/passwd')",
  "select * from glob('/etc/*')",
  `copy (select 1) to '${secret}.out'`,
  `copy raw.orders from '${secret}'`,
  `attach '${secret}.db' as stolen`,
  `export database '${secret}.d'`,
  "install httpfs",
  "load httpfs",
  "set threads = 64",
  "set enable_external_access = true",
  "reset lock_configuration",
  "pragma threads = 64",
  "create table mine as select 1",
  "create view raw.orders as select 1",
  "delete from raw.orders",
  "drop view raw.orders",
  "begin",
  "checkpoint",
  "select 1; select 2",
  "",
  "-- nothing",
  "select 1 \0 from raw.orders",
  "selec 1",
  "select $1",
];

export const engineQueryCases: readonly EngineCase[] = [
  engineCase("a query sees its tables by name, and its columns have types", async (subject) => {
    const { columns, rows } = await subject.engine.query(
      "select id, word, 12.5::decimal(9,2) as price, timestamp '2026-03-02 10:00:00' as at from raw.orders order by id",
      [await orders(subject)],
      limits,
    );
    assert.deepEqual(columns, [
      { name: "id", engineType: "BIGINT" },
      { name: "word", engineType: "VARCHAR" },
      { name: "price", engineType: "DECIMAL(9,2)" },
      { name: "at", engineType: "TIMESTAMP" },
    ]);
    const all: unknown[] = [];
    for await (const chunk of rows) all.push(...chunk);
    const at = "2026-03-02T10:00:00.000Z";
    assert.deepEqual(all, [
      [1, "a", "12.50", at],
      [2, null, "12.50", at],
    ]);
  }),
  engineCase("a query sees nothing else, and changes nothing", async (subject) => {
    const secret = join(subject.directory, "secret.csv");
    await writeFile(secret, "word\nhunter2\n");
    const tables = [await orders(subject)];
    for (const sql of forbidden(secret)) {
      const error = await refusal("bad-query", rowsOf(subject, sql, tables));
      assert.ok(!error.message.includes("hunter2"), sql);
    }
  }),
  engineCase("a mistake is told with its place", async (subject) => {
    const error = await refusal(
      "bad-query",
      rowsOf(subject, "select wrod\nfrom raw.orders", [await orders(subject)]),
    );
    assert.ok(error.hint?.includes("word"), error.hint);
    assert.ok(error.details.some((line) => line.includes("select wrod")));
    assert.ok(error.details.some((line) => line.trimEnd().endsWith("^^^^")));
  }),
  engineCase("a query that wants too much memory is told so", async (subject) => {
    const sql = "select count(*) from (select distinct hash(range), hash(range + 1) from range(50000000))";
    await refusal("query-limit", rowsOf(subject, sql, []));
  }),
  engineCase("a query stops when it is told to, before its first row and between two", async (subject) => {
    const first = new AbortController();
    setTimeout(() => first.abort(), 50);
    const endless = "select count(*) from range(1000000000000) a";
    await refusal(
      "interrupted",
      subject.engine.query(endless, [], { ...limits, signal: first.signal }).then(drain),
    );
    const later = new AbortController();
    const streaming = subject.engine.query("from range(1000000000000)", [], {
      ...limits,
      signal: later.signal,
    });
    const { rows } = await streaming;
    await refusal(
      "interrupted",
      (async () => {
        for await (const _chunk of rows) later.abort();
      })(),
    );
  }),
  engineCase("a query on its way to the engine stops as well", async ({ engine }) => {
    const endless = "select count(*) from range(1000000000000) a";
    // The threads in which the engine is asked have something else to do first.
    let busy = true;
    const work = Array.from({ length: 16 }, async () => {
      while (busy) await promisify(pbkdf2)("", "", 20_000, 32, "sha256");
    });
    const queries = Array.from({ length: 24 }, (_, at) =>
      refusal(
        "interrupted",
        engine.query(endless, [], { ...limits, signal: AbortSignal.timeout(80 * at) }).then(drain),
      ),
    );
    await Promise.all(queries).finally(() => (busy = false));
    await Promise.all(work);
  }),
  engineCase("a query tells which datasets it refers to, without running", async ({ engine }) => {
    const sql = `with mine as (select * from raw.orders) select * from mine, community."odd name", "just one" where 1 in (select id from raw.orders)`;
    assert.deepEqual([...(await engine.references(sql))].toSorted(), [
      "community.odd name",
      "just one",
      "raw.orders",
    ]);
    assert.deepEqual(await engine.references("selec nothing"), []);
  }),
];

async function drain({ rows }: { readonly rows: AsyncIterable<unknown> }): Promise<void> {
  for await (const _chunk of rows) continue;
}

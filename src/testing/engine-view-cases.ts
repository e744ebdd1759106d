import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InputTable } from "../engine/engine.ts";
import { allRows, type EngineCase, engineCase, type EngineSubject, tableOf } from "./engine-subject.ts";
import { refusal } from "./refusal.ts";

const limits = { memory: 400_000_000, threads: 1 };
const number = [{ name: "n", engineType: "BIGINT" }];

const numbers = (
  subject: EngineSubject,
  values: readonly (number | null)[],
  name = "raw.numbers",
): Promise<InputTable> =>
  tableOf(
    subject,
    name,
    { n: "BIGINT" },
    values.map((n) => ({ n })),
  );

/** A table that is a query over others. */
const view = (
  name: string,
  sql: string,
  inputs: readonly InputTable[],
  { id = name, columns = number }: { readonly id?: string; readonly columns?: InputTable["columns"] } = {},
): InputTable => ({ name, files: [], columns, view: { id, sql, inputs } });

async function queried(
  { engine }: EngineSubject,
  sql: string,
  tables: readonly InputTable[],
): Promise<unknown[]> {
  const { rows } = await engine.query(sql, tables, limits);
  const all: unknown[] = [];
  for await (const chunk of rows) all.push(...chunk);
  return all;
}

async function built(
  subject: EngineSubject,
  sql: string,
  inputs: readonly InputTable[],
): Promise<Record<string, unknown>[]> {
  const output = join(subject.directory, "built.parquet");
  const { path } = await subject.session.build({ sql, inputs, columns: number, parameters: {}, output });
  return allRows(subject, { name: "built", files: [path], columns: number });
}

/** Each reads the one before, and adds one. */
function chain(first: InputTable, length: number): InputTable {
  let last = first;
  for (let at = 1; at <= length; at++)
    last = view(`v.step_${at}`, `select n + 1 as n from ${last.name}`, [last]);
  return last;
}

export const engineViewCases: readonly EngineCase[] = [
  engineCase("a view is read like any other table, whoever reads it", async (subject) => {
    const { session } = subject;
    const doubled = view("shop.doubled", "select n * 2 as n from raw.numbers order by n desc; -- end", [
      await numbers(subject, [1, 3, 2]),
    ]);
    const rows = [{ n: 6 }, { n: 4 }, { n: 2 }];
    assert.deepEqual(await allRows(subject, doubled), rows);
    assert.deepEqual(await built(subject, "from shop.doubled", [doubled]), rows);
    assert.deepEqual(await queried(subject, "from shop.doubled", [doubled]), [[6], [4], [2]]);
    const same = await numbers(subject, [2, 4, 6], "shop.doubled");
    const other = await numbers(subject, [2, 4, 7], "shop.doubled");
    assert.equal(await session.sameRows(doubled, same), true);
    assert.equal(await session.sameRows(other, doubled), false);
    assert.deepEqual(await session.sameColumns(doubled, doubled, ["n"], ["n"]), ["n"]);
    const compared = await session.compare({
      a: doubled,
      b: other,
      columns: [{ name: "n", a: "BIGINT", b: "BIGINT" }],
      key: ["n"],
      renames: [],
      samples: 3,
      shown: ["n"],
    });
    assert.deepEqual([compared.added, compared.removed, compared.matched], [1, 1, 2]);
    const answers = await session.ask(
      doubled,
      [
        { id: "count", ask: "aggregate", expression: "count(*)" },
        { id: "unknown", ask: "missing", column: "n", table: "shop.known", key: "n" },
        { id: "large", ask: "rows", sql: "select n from this where n > 4" },
      ],
      [view("shop.known", "select n from shop.doubled where n < 6", [doubled])],
    );
    assert.deepEqual(
      answers.map(({ value }) => value),
      [3, 1, 1],
    );
  }),
  engineCase("a view reads what was pinned with it, whatever else has that name", async (subject) => {
    const [old, now] = [await numbers(subject, [1, 2]), await numbers(subject, [5])];
    const held = view("shop.held", "select n from raw.numbers", [old], { id: "held" });
    const above = view("shop.above", "select h.n + m.n as n from shop.held h, raw.numbers m", [held, now]);
    const sum =
      "select sum(n) as n from (from raw.numbers union all from shop.held union all from shop.above)";
    const expected = 5 + (1 + 2) + (6 + 7);
    assert.deepEqual(await built(subject, sum, [now, held, above]), [{ n: expected }]);
    assert.equal(String((await queried(subject, sum, [above, held, now]))[0]), String(expected));
    const unnamed = built(subject, "select n from raw.numbers", [
      view("shop.held", "select n from raw.numbers", [old]),
    ]);
    await assert.rejects(unnamed, /numbers/);
  }),
  engineCase("values of a view have the types it promises", async (subject) => {
    const columns = [{ name: "n", engineType: "DECIMAL(9,2)" }];
    const exact = view("shop.exact", "select n / 2 as n from raw.numbers", [await numbers(subject, [3])], {
      columns,
    });
    assert.deepEqual(await allRows(subject, exact), [{ n: "1.50" }]);
    const [row] = await queried(subject, "select typeof(n) from shop.exact", [exact]);
    assert.deepEqual(row, ["DECIMAL(9,2)"]);
  }),
  engineCase("a hundred views one upon the other are read like one", async (subject) => {
    const top = chain(await numbers(subject, [0, 1]), 100);
    assert.deepEqual(await allRows(subject, top), [{ n: 100 }, { n: 101 }]);
    assert.deepEqual(await queried(subject, `select max(n) from ${top.name}`, [top]), [[101]]);
  }),
  engineCase("a view that several read is one view", async (subject) => {
    const below = view("v.below", "select n from raw.numbers", [await numbers(subject, [1, 2])]);
    const left = view("v.left", "select n from v.below where n = 1", [below]);
    const right = view("v.right", "select n from v.below where n = 2", [below]);
    const top = view("v.top", "from v.left union all from v.right", [left, right]);
    assert.deepEqual(await built(subject, "from v.top order by n", [top, below]), [{ n: 1 }, { n: 2 }]);
  }),
  engineCase("one view may be read twice at once", async (subject) => {
    const table = view("v.all", "select n from raw.numbers order by n", [await numbers(subject, [2, 1])]);
    const pairs: string[] = [];
    for await (const a of subject.session.rows(table))
      for await (const b of subject.session.rows(table)) pairs.push(`${String(a["n"])}${String(b["n"])}`);
    assert.deepEqual(pairs, ["11", "12", "21", "22"]);
    for await (const _row of subject.session.rows(table)) break;
    assert.deepEqual(await allRows(subject, table), [{ n: 1 }, { n: 2 }]);
  }),
  engineCase("a view that fails says why, and spoils nothing that comes after", async (subject) => {
    const words = await tableOf(subject, "raw.words", { word: "VARCHAR" }, [{ word: "1" }, { word: "x" }]);
    const broken = view("v.broken", "select cast(word as bigint) as n from raw.words", [words]);
    for (const reading of [() => built(subject, "from v.broken", [broken]), () => allRows(subject, broken)]) {
      const error = await refusal("build-failed", reading());
      assert.ok(`${error.message} ${error.details.join()}`.includes("'x'"), error.message);
    }
    await refusal("bad-query", queried(subject, "select sum(n) from v.broken", [broken]));
    const [count, sum] = await subject.session.ask(
      broken,
      [
        { id: "rows", ask: "aggregate", expression: "count(*)" },
        { id: "sum", ask: "aggregate", expression: "sum(n)" },
      ],
      [],
    );
    assert.deepEqual([count?.value, count?.error], [2, undefined]);
    assert.ok(sum?.error?.includes("'x'"), sum?.error);
    assert.deepEqual(await built(subject, "select 1 as n", []), [{ n: 1 }]);
  }),
  engineCase("a view opens no way out of a query", async (subject) => {
    const secret = join(subject.directory, "secret.csv");
    await writeFile(secret, "n\n42\n");
    const table = view("v.all", "select n from raw.numbers", [await numbers(subject, [1])]);
    for (const sql of [
      `select n from v.all union all select n from read_csv('${secret}')`,
      "drop view v.all",
    ]) {
      const error = await refusal("bad-query", queried(subject, sql, [table]));
      assert.ok(!error.message.includes("42"), error.message);
    }
    assert.deepEqual(await queried(subject, "select * from v.all", [table]), [[1]]);
  }),
];

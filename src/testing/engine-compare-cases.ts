import assert from "node:assert/strict";
import { join } from "node:path";
import type { CompareRequest, InputTable, TableComparison } from "../engine/engine.ts";
import { type EngineCase, engineCase, type EngineSubject, tableOf } from "./engine-subject.ts";
import { refusal } from "./refusal.ts";

type Rows = readonly Record<string, unknown>[];

/** Compare two tables by the columns that both have. */
function compare(
  { session }: EngineSubject,
  a: InputTable,
  b: InputTable,
  more: Partial<CompareRequest> = {},
): Promise<TableComparison> {
  const columns = a.columns.flatMap(({ name, engineType }) => {
    const other = b.columns.find((column) => column.name === name);
    return other ? [{ name, a: engineType, b: other.engineType }] : [];
  });
  const shown = columns.map(({ name }) => name);
  return session.compare({ a, b, columns, key: [], renames: [], samples: 3, shown, ...more });
}

const types = { id: "BIGINT", word: "VARCHAR", 'odd "name': "DOUBLE" };
const row = (id: unknown, word: unknown, odd: unknown = null): Record<string, unknown> => ({
  id,
  word,
  'odd "name': odd,
});
const table = (subject: EngineSubject, rows: Rows): Promise<InputTable> =>
  tableOf(subject, "raw.words", types, rows);

const none = { keys: 0, a: 0, b: 0, different: 0 };

const byKey: readonly EngineCase[] = [
  engineCase(
    "rows are compared by key: added, removed, changed, with old and new values",
    async (subject) => {
      const a = await table(subject, [row(1, "one"), row(2, "two", 2), row(3, "three"), row(4, null, 4)]);
      const b = await table(subject, [row(5, "five"), row(4, "four", 4), row(2, "TWO", 2.5), row(1, "one")]);
      const found = await compare(subject, a, b, { key: ["id"] });
      assert.deepEqual(found, {
        added: 1,
        removed: 1,
        changed: 2,
        matched: 3,
        nullKeys: { a: 0, b: 0 },
        repeated: none,
        values: { word: 2, 'odd "name': 1 },
        distinct: {},
        renamed: [],
        sample: {
          added: [{ row: row(5, "five") }],
          removed: [{ row: row(3, "three") }],
          changed: [
            { key: { id: 2 }, values: { word: { a: "two", b: "TWO" }, 'odd "name': { a: 2, b: 2.5 } } },
            { key: { id: 4 }, values: { word: { a: null, b: "four" } } },
          ],
        },
      } satisfies TableComparison);
    },
  ),
  engineCase("what may not be shown is counted and not shown", async (subject) => {
    const a = await table(subject, [row(1, "secret", 1), row(2, "hidden", 2)]);
    const b = await table(subject, [row(1, "secreter", 1), row(3, "hidden", 2)]);
    const found = await compare(subject, a, b, { key: ["id"], shown: ['odd "name'] });
    assert.deepEqual(found.values, { word: 1 });
    assert.deepEqual(found.sample, {
      added: [{ row: { 'odd "name': 2 } }],
      removed: [{ row: { 'odd "name': 2 } }],
      changed: [{ key: {}, values: { word: {} } }],
    });
    const nothing = await compare(subject, a, b, { key: ["id"], samples: 0 });
    assert.deepEqual(nothing.sample.changed, []);
    assert.equal(nothing.changed, 1);
  }),
  engineCase("keys that repeat are told apart and compared as sets of rows", async (subject) => {
    const a = await table(subject, [row(1, "a"), row(1, "b"), row(2, "c"), row(2, "d"), row(3, "e")]);
    const b = await table(subject, [row(1, "b"), row(1, "a"), row(2, "c"), row(3, "E"), row(4, "f")]);
    const found = await compare(subject, a, b, { key: ["id"] });
    assert.deepEqual(found.repeated, { keys: 2, a: 4, b: 3, different: 1 });
    assert.deepEqual([found.added, found.removed, found.changed, found.matched], [1, 0, 1, 1]);
  }),
  engineCase("a key without a value is a key like any other, and is counted", async (subject) => {
    const a = await table(subject, [row(null, "a"), row(1, "b")]);
    const b = await table(subject, [row(null, "A"), row(1, "b")]);
    const found = await compare(subject, a, b, { key: ["id"] });
    assert.deepEqual(found.nullKeys, { a: 1, b: 1 });
    assert.deepEqual([found.added, found.removed, found.changed], [0, 0, 1]);
    const both = await compare(subject, a, b, { key: ["id", "word"] });
    assert.deepEqual([both.added, both.removed, both.changed, both.matched], [1, 1, 0, 1]);
  }),
  engineCase("columns of another type are compared by what they say", async (subject) => {
    const a = await tableOf(subject, "raw.x", { id: "BIGINT", n: "BIGINT", t: "VARCHAR" }, [
      { id: 1, n: 5, t: "7" },
      { id: 2, n: 6, t: "eight" },
    ]);
    const b = await tableOf(subject, "raw.x", { id: "VARCHAR", n: "DECIMAL(9,2)", t: "BIGINT" }, [
      { id: "1", n: "5.00", t: 7 },
      { id: "2", n: "6.10", t: 8 },
    ]);
    const found = await compare(subject, a, b, { key: ["id"] });
    assert.deepEqual([found.matched, found.changed, found.values], [2, 1, { n: 1, t: 1 }]);
  }),
  engineCase("a column that was only renamed is recognised by its values", async (subject) => {
    const old = await tableOf(subject, "raw.x", { id: "BIGINT", body: "VARCHAR" }, [
      { id: 1, body: "hi" },
      { id: 2, body: null },
    ]);
    const now = await tableOf(subject, "raw.x", { id: "BIGINT", text: "VARCHAR", mood: "VARCHAR" }, [
      { id: 2, text: null, mood: null },
      { id: 1, text: "hi", mood: "good" },
      { id: 3, text: "new", mood: null },
    ]);
    const renames = [
      { a: "body", b: "text" },
      { a: "body", b: "mood" },
    ];
    const byId = await compare(subject, old, now, { key: ["id"], renames });
    assert.deepEqual(byId.renamed, [renames[0]]);
    const whole = await compare(
      subject,
      old,
      { ...now, files: old.files, columns: old.columns },
      {
        renames: [{ a: "body", b: "body" }],
      },
    );
    assert.deepEqual(whole.renamed, [{ a: "body", b: "body" }]);
  }),
];

const asWholes: readonly EngineCase[] = [
  engineCase("without a key rows are compared as wholes, each as often as it is there", async (subject) => {
    const a = await table(subject, [row(1, "x"), row(1, "x"), row(2, null), row(3, "z")]);
    const b = await table(subject, [row(2, null), row(1, "x"), row(3, "Z", 0), row(3, "Z", 0)]);
    const found = await compare(subject, a, b);
    assert.deepEqual([found.added, found.removed, found.changed], [2, 2, 0]);
    assert.deepEqual(found.sample.added, [{ row: row(3, "Z", 0), times: 2 }]);
    assert.deepEqual(
      found.sample.removed.map(({ times }) => times),
      [1, 1],
    );
    assert.deepEqual(found.distinct["word"], { a: 2, b: 2 });
  }),
  engineCase("tables without rows, and one without files, can be compared", async (subject) => {
    const empty = { ...(await table(subject, [])), files: [] };
    const full = await table(subject, [row(1, "a")]);
    for (const key of [[], ["id"]]) {
      const nothing = await compare(subject, empty, empty, { key });
      assert.deepEqual([nothing.added, nothing.removed, nothing.changed], [0, 0, 0]);
      const something = await compare(subject, empty, full, { key });
      assert.deepEqual([something.added, something.removed], [1, 0]);
    }
  }),
  engineCase("a stored file that is gone is named", async (subject) => {
    const there = await table(subject, [row(1, "a")]);
    const gone = { ...there, files: [join(subject.directory, "gone.parquet")] };
    const error = await refusal("storage-damaged", compare(subject, there, gone, { key: ["id"] }));
    assert.ok(error.message.includes("raw.words"), error.message);
    // The session goes on.
    assert.equal((await compare(subject, there, there)).added, 0);
  }),
  engineCase("more rows than fit into memory are compared all the same", async (subject) => {
    const { engine, directory } = subject;
    // The text of one side alone is 128 MB.
    const memory = 120_000_000;
    await using session = await engine.open({ memory, threads: 1, temporary: join(directory, "spill") });
    const columns = [
      { name: "id", engineType: "BIGINT" },
      { name: "word", engineType: "VARCHAR" },
    ];
    const made = async (name: string, word: string): Promise<InputTable> => {
      const sql = `select range as id, ${word} as word from range(2000000)`;
      const output = join(directory, `${name}.parquet`);
      const { path } = await session.build({ sql, inputs: [], columns, parameters: {}, output });
      return { name: "raw.many", files: [path], columns };
    };
    const word = "lpad(range::varchar, 64, 'x')";
    const a = await made("a", word);
    const b = await made("b", `case when range % 4 = 0 then upper(${word}) else ${word} end`);
    const found = await compare({ ...subject, session }, a, b, { key: ["id"] });
    assert.deepEqual([found.changed, found.values], [500_000, { word: 500_000 }]);
    assert.equal(found.sample.changed.length, 3);
    const whole = await compare({ ...subject, session }, a, b);
    assert.deepEqual([whole.added, whole.removed], [500_000, 500_000]);
  }),
];

export const engineCompareCases: readonly EngineCase[] = [...byKey, ...asWholes];

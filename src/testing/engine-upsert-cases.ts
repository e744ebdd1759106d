import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { InputTable, UpsertRequest } from "../engine/engine.ts";
import { type EngineCase, engineCase, type EngineSubject } from "./engine-subject.ts";
import { change, changes, columns, Kept, type Row, standing } from "./kept-by-key.ts";
import { refusal } from "./refusal.ts";

/** What happens to files: a new one, one of before once more, one that goes, two that become one, one that is corrected. */
type Happening =
  | { readonly what: "add"; readonly rows: readonly Row[] }
  | { readonly what: "repeat" | "remove" | "merge"; readonly which: number }
  | {
      readonly what: "correct";
      readonly which: number;
      readonly rows: readonly Row[];
      readonly keep: number;
    };

const someRows = fc.array(
  fc.record(
    {
      key: fc.integer({ min: 0, max: 7 }),
      at: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
      row: fc.option(fc.constantFrom("a", "b", ""), { nil: null }),
      gone: fc.option(fc.boolean(), { nil: null }),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 6 },
);
const which = fc.nat({ max: 100 });
const history: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant("add" as const), rows: someRows }) },
    fc.record({ what: fc.constantFrom("repeat" as const, "remove" as const, "merge" as const), which }),
    fc.record({ what: fc.constant("correct" as const), which, rows: someRows, keep: fc.nat({ max: 6 }) }),
  ),
  { minLength: 2, maxLength: 8 },
);

interface Landed {
  readonly rows: readonly Row[];
  readonly table: InputTable;
}

/** Which files a happening takes away, and which rows it brings as a new one. */
function after(
  happening: Happening,
  landed: readonly Landed[],
): { readonly removed: readonly Landed[]; readonly rows?: readonly Row[] } {
  if (happening.what === "add") return { removed: [], rows: happening.rows };
  const at = landed.length === 0 ? 0 : happening.which % landed.length;
  const [old, next] = [landed[at], landed[at + 1]];
  if (old === undefined) return { removed: [] };
  switch (happening.what) {
    case "repeat":
      return { removed: [], rows: old.rows };
    case "remove":
      return { removed: [old] };
    case "merge":
      return next ? { removed: [old, next], rows: [...old.rows, ...next.rows] } : { removed: [] };
    case "correct":
      return { removed: [old], rows: [...old.rows.slice(0, happening.keep), ...happening.rows] };
  }
}

/** Live through a history, and compare what is kept with what stands of all rows there are, after every step. */
async function live(
  subject: EngineSubject,
  happenings: readonly Happening[],
  compare: (kept: Kept, landed: readonly Landed[]) => Promise<void>,
  settings: Partial<UpsertRequest> = {},
): Promise<void> {
  const kept = new Kept(subject, settings);
  let landed: Landed[] = [];
  const land = async (rows: readonly Row[]): Promise<Landed> => ({
    rows,
    table: await changes(subject, rows),
  });
  for (const happening of happenings) {
    const { removed, rows } = after(happening, landed);
    const added = rows === undefined ? [] : [await land(rows)];
    landed = [...landed.filter((one) => !removed.includes(one)), ...added];
    const tables = (list: readonly Landed[]): InputTable[] => list.map(({ table }) => table);
    await kept.take(tables(added), tables(landed), tables(removed));
    await compare(kept, landed);
  }
}

/** Values that are equal and not the same, values of which it is odd to say which is greater, and values made of others. */
const oddColumns = [
  { name: "key", engineType: "DOUBLE" },
  { name: "at", engineType: "DOUBLE" },
  { name: "row", engineType: "INTERVAL[]" },
  { name: "gone", engineType: "BOOLEAN" },
];
/** Of intervals that are equal and not the same, such as a month and 30 days, the engine writes the one it met first: none are here. */
const oddValues = `select (['-0.0', '0.0', 'nan', 'inf', '1', '2', '3', '4'])[key + 1]::double as key,
  (['-0.0', '0.0', 'nan', '-inf', '1'])["at" + 1]::double as "at",
  case row when 'a' then [interval '1 month'] when 'b' then [interval '40 days', null] when '' then [] end as row, gone
from raw.changes`;

/** The rows of a table as texts, in which nothing that differs looks the same. */
async function texts({ engine }: EngineSubject, table: InputTable): Promise<unknown[]> {
  const sql = `select columns(*)::varchar from ${table.name} order by all`;
  const rows: unknown[] = [];
  const limits = { memory: 200_000_000, threads: 1 };
  for await (const chunk of (await engine.query(sql, [table], limits)).rows) rows.push(...chunk);
  return rows;
}

export const engineUpsertCases: readonly EngineCase[] = [
  engineCase(
    "of each key stands the row that comes last, and none where that says it is gone",
    async (subject) => {
      const kept = new Kept(subject);
      const rows = [
        change(1, 1, "old"),
        change(1, 2, "new"),
        change(2, 5, "there"),
        change(2, 6, null, true),
        change(3, null, "no time"),
        change(3, 0, "some time"),
        change(4, 1, "tie a"),
        change(4, 1, "tie b"),
      ];
      const result = await kept.take([await changes(subject, rows)]);
      assert.deepEqual(await kept.rows(), standing(rows));
      assert.deepEqual([result.rows?.rows, result.tombstones?.rows], [3, 1]);
    },
  ),
  engineCase(
    "what is kept by key is not rewritten: rows that fall are told by their positions",
    async (subject) => {
      const kept = new Kept(subject);
      const rows = Array.from({ length: 1000 }, (_, key) => change(key, 10, `row ${key}`));
      const first = await changes(subject, rows);
      await kept.take([first]);
      const late = [
        change(7, 11, "later"),
        change(8, 9, "too late"),
        change(9, 12, null, true),
        change(2000, 1),
      ];
      const second = await changes(subject, late);
      const result = await kept.take([second], [first, second]);
      assert.equal(result.rows?.rows, 2);
      assert.equal(result.tombstones?.rows, 1);
      assert.deepEqual(
        result.fallen.map(({ part, positions }) => [part, positions.rows]),
        [[0, 2]],
      );
      assert.deepEqual(await kept.rows(), standing([...rows, ...late]));
      const again = await kept.take([await changes(subject, [change(9, 11, "older than its end")])], []);
      assert.deepEqual(again, { fallen: [] });
    },
  ),
  engineCase("rows that go away give way to what was before them", async (subject) => {
    const kept = new Kept(subject);
    const old = await changes(subject, [change(1, 1, "old"), change(2, 1, "other")]);
    const young = await changes(subject, [change(1, 2, "new"), change(3, 1, "only here")]);
    await kept.take([old, young]);
    await kept.take([], [old], [young]);
    assert.deepEqual(await kept.rows(), [change(1, 1, "old"), change(2, 1, "other")]);
    await kept.take([], [], [old]);
    assert.deepEqual(await kept.rows(), []);
  }),
  engineCase("rows that fell are read by nobody, whoever reads", async (subject) => {
    const { session, engine } = subject;
    const kept = new Kept(subject);
    await kept.take([
      await changes(subject, [change(1, 1, "old"), change(2, 1, "stays"), change(3, 1, "ends")]),
    ]);
    await kept.take([await changes(subject, [change(1, 2, "new"), change(3, 2, null, true)])]);
    const { table } = kept;
    const expected = await changes(subject, [change(1, 2, "new"), change(2, 1, "stays")]);
    assert.equal(await session.sameRows(table, { ...expected, name: table.name }), true);
    const { added, removed, changed, matched } = await session.compare({
      a: table,
      b: expected,
      columns: columns.map(({ name, engineType }) => ({ name, a: engineType, b: engineType })),
      key: ["key"],
      renames: [],
      samples: 1,
      shown: [],
    });
    assert.deepEqual([added, removed, changed, matched], [0, 0, 0, 2]);
    const [answer] = await session.ask(table, [{ id: "q", ask: "aggregate", expression: "count(*)" }], []);
    assert.equal(answer?.value, 2);
    const sql = 'select key, row from mart.kept where "at" >= 1 order by key';
    const limits = { memory: 200_000_000, threads: 1 };
    const rows = [];
    for await (const chunk of (await engine.query(sql, [table], limits)).rows) rows.push(...chunk);
    assert.deepEqual(rows, [
      [1, "new"],
      [2, "stays"],
    ]);
    const output = join(subject.directory, "built.parquet");
    const built = await session.build({
      sql: "from mart.kept",
      inputs: [table],
      columns,
      parameters: {},
      output,
    });
    assert.equal(built.rows, 2);
  }),
  engineCase("rows without a key are counted and refused", async (subject) => {
    const rows = [change(1, 1), change(null, 1), change(null, 2)];
    const table = await changes(subject, rows);
    const whole = await refusal("build-failed", new Kept(subject).take([table]));
    assert.match(whole.message, /2 rows have no value in the key \(key\)/);
    const kept = new Kept(subject);
    await kept.take([await changes(subject, [change(1, 1)])]);
    assert.match(
      (await refusal("build-failed", kept.take([table]))).message,
      /2 rows have no value in the key \(key\)/,
    );
    assert.deepEqual(await kept.rows(), [change(1, 1)]);
  }),
  engineCase(
    "without delete markers there are no tombstones, and a key may have several columns",
    async (subject) => {
      const { deleted: _none, ...settings } = { key: ["key", "row"], deleted: undefined };
      const kept = new Kept(subject, { ...settings, deleted: undefined as never });
      const rows = [change(1, 1, "a", true), change(1, 2, "b"), change(1, 3, "a")];
      const result = await kept.take([await changes(subject, rows)]);
      assert.equal(result.tombstones, undefined);
      assert.deepEqual(new Set((await kept.rows()).map(({ at }) => at)), new Set([2, 3]));
    },
  ),
  engineCase(
    "whatever happens to files, what stands is what would stand of all rows there are",
    async (subject) => {
      await fc.assert(
        fc.asyncProperty(history, (happenings) =>
          live(subject, happenings, async (kept, landed) =>
            assert.deepEqual(await kept.rows(), standing(landed.flatMap(({ rows }) => rows))),
          ),
        ),
        { numRuns: 10 },
      );
    },
  ),
  engineCase("odd values stand as they would if everything were built anew", async (subject) => {
    const settings = { sql: oddValues, columns: oddColumns };
    const compare = async (kept: Kept, landed: readonly Landed[]): Promise<void> => {
      const whole = new Kept(subject, settings);
      await whole.take(landed.map(({ table }) => table));
      assert.deepEqual(await texts(subject, kept.table), await texts(subject, whole.table));
    };
    await fc.assert(
      fc.asyncProperty(history, (happenings) => live(subject, happenings, compare, settings)),
      { numRuns: 6 },
    );
  }),
];

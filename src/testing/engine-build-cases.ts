import assert from "node:assert/strict";
import { join } from "node:path";
import { allRows, type EngineCase, engineCase, type EngineSubject, tableOf } from "./engine-subject.ts";
import { refusal } from "./refusal.ts";

const numbers = (subject: EngineSubject, values: readonly (number | null)[], name = "raw.numbers") =>
  tableOf(
    subject,
    name,
    { n: "BIGINT" },
    values.map((n) => ({ n })),
  );

const everyType = {
  text: "VARCHAR",
  whole: "BIGINT",
  number: "DOUBLE",
  exact: "DECIMAL(18,2)",
  yes: "BOOLEAN",
  day: "DATE",
  at: "TIMESTAMP",
};
const values = [
  {
    text: "žluť 🐎\n'\"",
    whole: 9007199254740991,
    number: -0.5,
    exact: "12.30",
    yes: true,
    day: "2026-03-02",
    at: "2026-03-02T10:00:00.123456Z",
  },
  { text: null, whole: null, number: null, exact: null, yes: null, day: null, at: null },
  {
    text: "",
    whole: -1,
    number: 1e300,
    exact: "-0.01",
    yes: false,
    day: "1969-12-31",
    at: "1969-12-31T23:59:59.999Z",
  },
];

export const engineBuildCases: readonly EngineCase[] = [
  engineCase("rows come back as they were written, whatever their type", async (subject) => {
    const table = await tableOf(subject, "a.b", everyType, values);
    assert.deepEqual(await allRows(subject, table), values);
  }),
  engineCase("a value of the wrong type names its row and column", async (subject) => {
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ text: 1 }, "text"],
      [{ whole: "1" }, "whole"],
      [{ whole: 1.5 }, "whole"],
      [{ number: Number.NaN }, "number"],
      [{ exact: 1 }, "exact"],
      [{ exact: "1.239" }, "exact"],
      [{ yes: "true" }, "yes"],
      [{ day: new Date() }, "day"],
      [{ day: "2026-02-30" }, "day"],
      [{ at: "yesterday" }, "at"],
      [{ txt: "typo" }, "txt"],
    ];
    for (const [value, column] of wrong) {
      const error = await refusal("build-failed", tableOf(subject, "a.b", everyType, [{}, value]));
      assert.ok(error.message.includes(`row 2 has`), error.message);
      assert.ok(error.message.includes(`"${column}"`), error.message);
    }
  }),
  engineCase("a length of time is kept exactly, or refused", async (subject) => {
    const build = (sql: string) =>
      subject.session.build({
        sql: `select ${sql} as length`,
        inputs: [],
        columns: [{ name: "length", engineType: "INTERVAL" }],
        parameters: {},
        output: join(subject.directory, "lengths.parquet"),
      });
    const exact = ["14 months 3 days 25:30:00.250", "0 days", "4294967295 milliseconds"];
    for (const text of exact) {
      const { path } = await build(`interval '${text}'`);
      const columns = [
        { name: "same", engineType: "BOOLEAN" },
        { name: "length", engineType: "INTERVAL" },
      ];
      const kept = { name: "a.kept", files: [path], columns: columns.slice(1) };
      const { path: compared } = await subject.session.build({
        sql: `select length = interval '${text}' as same, length from a.kept`,
        inputs: [kept],
        columns,
        parameters: {},
        output: join(subject.directory, "compared.parquet"),
      });
      const [row] = await allRows(subject, { name: "a.compared", files: [compared], columns });
      assert.equal(row?.["same"], true, text);
    }
    assert.equal((await build("cast(null as interval)")).rows, 1);
    const lossy = ["1 microsecond", "-1 day", "1 month -1 day", "1 day -00:00:01", "-2 years", "1200 hours"];
    for (const text of lossy) {
      const error = await refusal("build-failed", build(`interval '${text}'`));
      assert.ok(error.hint?.includes("epoch("), `${text}: ${error.message}`);
    }
  }),
  engineCase("a query is built over its inputs, and the write tells what was written", async (subject) => {
    const inputs = [
      await numbers(subject, [3, 1, null, 2]),
      { name: "raw.none", files: [], columns: [{ name: "n", engineType: "BIGINT" }] },
    ];
    const output = join(subject.directory, "built.parquet");
    const written = await subject.session.build({
      sql: "select n, n * 2 as double, $run_date as day from raw.numbers where n not in (select n from raw.none) or n is null order by n desc nulls last; -- the end",
      inputs,
      columns: [
        { name: "n", engineType: "BIGINT" },
        { name: "double", engineType: "DECIMAL(18,2)" },
        { name: "day", engineType: "DATE" },
      ],
      parameters: { run_time: "2026-03-02 10:00:00", run_date: "2026-03-02" },
      output,
    });
    assert.equal(written.rows, 4);
    assert.ok(written.bytes > 0);
    assert.deepEqual(written.columns[0], { name: "n", engineType: "BIGINT", nulls: 1, min: "1", max: "3" });
    const day = "2026-03-02";
    assert.deepEqual(await allRows(subject, { name: "built", files: [output], columns: written.columns }), [
      { n: 3, double: "6.00", day },
      { n: 2, double: "4.00", day },
      { n: 1, double: "2.00", day },
      { n: null, double: null, day },
    ]);
  }),
  engineCase("nulls are at most as many as are told, whatever the type", async (subject) => {
    const types = [
      ["st", "STRUCT(a INTEGER, b VARCHAR)"],
      ["deep", "STRUCT(a STRUCT(b INTEGER[]))"],
      ["list", "INTEGER[]"],
      ["pair", "INTEGER[2]"],
      ["map", "MAP(VARCHAR, INTEGER)"],
      ["span", "INTERVAL"],
      ["time", "TIME WITH TIME ZONE"],
      ["flat", "INTEGER"],
    ] as const;
    const build = (sql: string) =>
      subject.session.build({
        sql,
        inputs: [],
        columns: types.map(([name, engineType]) => ({ name, engineType })),
        parameters: { run_time: "2026-03-02 10:00:00", run_date: "2026-03-02" },
        output: join(subject.directory, `${sql.length}.parquet`),
      });
    const nothing = types.map(([name, type]) => `cast(null as ${type}) as ${name}`);
    const none = await build(`select ${nothing.join(", ")} from range(10) r(i)`);
    for (const column of none.columns) assert.equal(column.nulls, 10, column.name);
    assert.equal(none.columns.find(({ name }) => name === "flat")?.loose, undefined);
    assert.equal(none.columns.find(({ name }) => name === "st")?.loose, true);
    const all = await build(
      `select {'a': 1, 'b': 'x'} as st, {'a': {'b': [1]}} as deep, [1] as list, cast([1, 2] as integer[2]) as pair, map {'a': 1} as map,
        interval 1 day as span, timetz '10:00:00+01' as time, 1 as flat from range(10) r(i)`,
    );
    const certain = all.columns.filter(({ nulls }) => nulls === 0).map(({ name }) => name);
    assert.deepEqual(certain, ["st", "deep", "list", "pair", "map", "flat"]);
  }),
  engineCase("a build of no rows is a file with columns", async (subject) => {
    const columns = [{ name: "n", engineType: "BIGINT" }];
    const request = { sql: "select 1 as n where false", inputs: [], columns, parameters: {} };
    const written = await subject.session.build({
      ...request,
      output: join(subject.directory, "none.parquet"),
    });
    assert.equal(written.rows, 0);
    assert.deepEqual(await allRows(subject, { name: "none", files: [written.path], columns }), []);
  }),
  engineCase("a query that fails on its data says so, and the session goes on", async (subject) => {
    const failing = subject.session.build({
      sql: "select cast('twelve' as integer) as n",
      inputs: [],
      columns: [{ name: "n", engineType: "INTEGER" }],
      parameters: {},
      output: join(subject.directory, "failed.parquet"),
    });
    const error = await refusal("build-failed", failing);
    // What rows hold may be somebody's: who tells of the error can leave its details out.
    assert.ok(!error.message.includes("twelve"), error.message);
    assert.ok(error.details.join().includes("twelve"), error.message);
    assert.equal((await numbers(subject, [1])).files.length, 1);
  }),
  engineCase("little input that is much work comes out all the same, and can be stopped", async (subject) => {
    const { session, directory } = subject;
    const pairs = (count: number) =>
      session.build({
        sql: `select count(*) as n from range(${count}) as a(i), range(${count}) as b(i) where (a.i * b.i) % 2 = 1`,
        inputs: [],
        columns: [{ name: "n", engineType: "BIGINT" }],
        parameters: {},
        output: join(directory, `pairs-${count}.parquet`),
      });
    await session.expect(100);
    const endless = pairs(10_000_000);
    setTimeout(() => session.interrupt(), 1200);
    await assert.rejects(endless);
    await session.expect(100);
    const { rows, columns } = await pairs(14_000);
    assert.equal(rows, 1);
    assert.deepEqual(columns, [
      { name: "n", engineType: "BIGINT", nulls: 0, min: "49000000", max: "49000000" },
    ]);
  }),
  engineCase("rows of landing files are left out by rewriting", async (subject) => {
    const types = { n: "BIGINT", sluice_file: "VARCHAR" };
    const table = await tableOf(subject, "raw.x", types, [
      { n: 1, sluice_file: "it's a.csv" },
      { n: 2, sluice_file: "b.csv" },
      { n: 3, sluice_file: "it's a.csv" },
      { n: 4, sluice_file: null },
    ]);
    const output = join(subject.directory, "rewritten.parquet");
    const written = await subject.session.rewrite(
      table.files,
      ["it's a.csv", "none.csv"],
      "sluice_file",
      output,
    );
    assert.equal(written.rows, 2);
    assert.deepEqual(await allRows(subject, { ...table, files: [output] }), [
      { n: 2, sluice_file: "b.csv" },
      { n: 4, sluice_file: null },
    ]);
  }),
  engineCase("the same rows are the same in any order, and each as often", async ({ session, ...rest }) => {
    const subject = { session, ...rest } as EngineSubject;
    const a = await numbers(subject, [1, 2, 2, null]);
    const same = async (other: readonly (number | null)[]) =>
      session.sameRows(a, await numbers(subject, other));
    assert.equal(await same([2, null, 1, 2]), true);
    assert.equal(await same([1, 2, null]), false);
    assert.equal(await same([1, 1, 2, null]), false);
    assert.equal(await same([3, 3, 1, null]), false);
    assert.equal(await session.sameRows({ ...a, files: [] }, { ...a, files: [] }), true);
  }),
  engineCase("columns are compared row by row, in order or by key", async (subject) => {
    const types = { key: "BIGINT", k: "VARCHAR", x: "DOUBLE", 'it\'s "y"': "VARCHAR" };
    const table = (...rows: readonly (readonly [number, string | null, number, string])[]) =>
      tableOf(
        subject,
        "raw.t",
        types,
        rows.map(([key, k, x, y]) => ({ key, k, x, 'it\'s "y"': y })),
      );
    const a = await table([1, "a", 0, "p"], [2, "b", 1, "q"], [3, null, 2, "r"]);
    const names = Object.keys(types);
    const same = async (b: typeof a, ...by: string[]) => subject.session.sameColumns(a, b, names, by);
    assert.deepEqual(await same(a), names);
    assert.deepEqual(await same(a, "key"), names);
    // Two rows exchange a value: no statistics tell.
    const swapped = await table([1, "b", 0, "p"], [2, "a", 1, "q"], [3, null, 2, "r"]);
    assert.deepEqual(await same(swapped), ["key", "x", 'it\'s "y"']);
    assert.deepEqual(await same(swapped, "key"), ["key", "x", 'it\'s "y"']);
    // Zero and minus zero are equal, and not the same.
    const negative = await table([1, "a", -0, "p"], [2, "b", 1, "q"], [3, "c", 2, "r"]);
    assert.deepEqual(await same(negative), ["key", 'it\'s "y"']);
    assert.deepEqual(await same(negative, "key"), ["key", 'it\'s "y"']);
    const turned = await table([3, null, 2, "r"], [2, "b", 1, "q"], [1, "a", 0, "p"]);
    assert.deepEqual(await same(turned), []);
    assert.deepEqual(await same(turned, "key"), names);
    const other = await table([1, "a", 0, "p"], [2, "b", 1, "q"], [4, null, 2, "r"]);
    assert.deepEqual(await same(other, "key"), []);
    const empty = { ...a, files: [] };
    assert.deepEqual(await subject.session.sameColumns(empty, empty, names, []), names);
    // Two files are one table, in their order.
    const parts = [await table([1, "a", 0, "p"], [2, "b", 1, "q"]), await table([3, null, 2, "r"])];
    assert.deepEqual(await same({ ...a, files: parts.flatMap(({ files }) => files) }), names);
  }),
  engineCase("questions are answered together, and one that fails spoils no other", async (subject) => {
    const table = await numbers(subject, [1, 2, 2, 5, null]);
    const others = [await numbers(subject, [1, 2], "raw.known")];
    const answers = await subject.session.ask(
      table,
      [
        { id: "rows", ask: "aggregate", expression: "count(*)" },
        { id: "big", ask: "aggregate", expression: "count(case when n > 4 then 1 end)", sample: "n > 4" },
        { id: "none", ask: "aggregate", expression: "count(case when n > 9 then 1 end)", sample: "n > 9" },
        { id: "bad", ask: "aggregate", expression: "sum(cast('x' as integer))" },
        { id: "twice", ask: "duplicates", columns: ["n"] },
        { id: "unknown", ask: "missing", column: "n", table: "raw.known", key: "n" },
        { id: "query", ask: "rows", sql: "select n from this where n = 1 -- one" },
      ],
      others,
    );
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const value = (id: string) => byId.get(id)?.value;
    assert.deepEqual(
      answers.map(({ id }) => id),
      ["rows", "big", "none", "bad", "twice", "unknown", "query"],
    );
    assert.deepEqual([value("rows"), value("big"), value("none")], [5, 1, 0]);
    assert.deepEqual([value("twice"), value("unknown"), value("query")], [1, 1, 1]);
    assert.deepEqual(byId.get("big")?.sample, [{ n: 5 }]);
    assert.deepEqual(byId.get("none")?.sample, []);
    assert.deepEqual(byId.get("unknown")?.sample, [{ n: 5 }]);
    assert.deepEqual(byId.get("twice")?.sample, [{ n: 2, copies: 2 }]);
    assert.ok(byId.get("bad")?.error?.includes("x"));
    assert.equal(byId.get("query")?.error, undefined);
  }),
  engineCase("repeated numbers are counted, however far apart they lie", async (subject) => {
    const twice = async (values: readonly (number | null)[]): Promise<number | undefined> => {
      const [answer] = await subject.session.ask(
        await numbers(subject, values),
        [{ id: "twice", ask: "duplicates", columns: ["n"] }],
        [],
      );
      return answer?.value;
    };
    const dense = Array.from({ length: 200 }, (_, n) => n - 100);
    assert.equal(await twice(dense), 0);
    assert.equal(await twice([...dense, -100, -1, 0, 0, 99, null, null]), 5);
    assert.equal(await twice([Number.MIN_SAFE_INTEGER, 0, 0, Number.MAX_SAFE_INTEGER]), 1);
    assert.equal(await twice([null, null]), 0);
    assert.equal(await twice([]), 0);
  }),
  engineCase("rows can be read while rows are written", async (subject) => {
    const table = await numbers(
      subject,
      Array.from({ length: 5000 }, (_, n) => n),
    );
    const doubled = async function* (): AsyncGenerator<Record<string, unknown>> {
      for await (const { n } of subject.session.rows(table)) yield { n: Number(n) * 2 };
    };
    const output = join(subject.directory, "doubled.parquet");
    const written = await subject.session.write(doubled(), table.columns, output);
    assert.equal(written.rows, 5000);
    assert.deepEqual(written.columns[0], {
      name: "n",
      engineType: "BIGINT",
      nulls: 0,
      min: "0",
      max: "9998",
    });
  }),
];

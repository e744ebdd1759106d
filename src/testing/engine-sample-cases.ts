import assert from "node:assert/strict";
import { type EngineCase, engineCase, tableOf } from "./engine-subject.ts";

/** Looking at some rows: which, and as what their values come. */
export const engineSampleCases: readonly EngineCase[] = [
  engineCase("a sample has numbers, times and text as what they are compared by", async (subject) => {
    const types = {
      yes: "BOOLEAN",
      exact: "DECIMAL(18,2)",
      at: "TIMESTAMP",
      day: "DATE",
      'na"me': "VARCHAR",
    };
    const table = await tableOf(subject, "a.b", types, [
      { yes: true, exact: "1.50", at: "1970-01-01T00:00:01Z", day: "1970-01-02", 'na"me': "🐎".repeat(100) },
      { yes: null, exact: null, at: null, day: null, 'na"me': null },
    ]);
    const files = table.files.map((path) => ({ path, rows: 2 }));
    const found = await subject.session.sample({ files, columns: table.columns });
    assert.deepEqual(
      found.map(({ name, values }) => [name, values]),
      [
        ["yes", [1, null]],
        ["exact", [1.5, null]],
        ["at", [1000, null]],
        ["day", [86_400_000, null]],
        ['na"me', ["🐎".repeat(64), null]],
      ],
    );
    assert.deepEqual(found.at(-1)?.lengths, [100, null]);
  }),
  ...[100_000, 1_000_000].map((rows) =>
    engineCase(
      `a large table is looked at in places spread over all of it, the same ones every time (${rows} rows)`,
      async (subject) => {
        const path = `${(await tableOf(subject, "a.c", { n: "BIGINT" }, [])).files[0] ?? ""}.large`;
        const columns = [{ name: "n", engineType: "BIGINT" }];
        await subject.session.build({
          sql: `select range as n from range(${rows})`,
          inputs: [],
          columns,
          parameters: {},
          output: path,
        });
        const look = async (): Promise<readonly number[]> =>
          ((await subject.session.sample({ files: [{ path, rows }], columns }))[0]?.values ?? []) as number[];
        const seen = await look();
        assert.ok(seen.length < rows / 4 && seen.length > 100, `${seen.length} rows`);
        const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
        assert.ok(Math.abs(mean / rows - 0.5) < 0.1, `the mean is ${mean}`);
        assert.ok(Math.min(...seen) < 0.3 * rows && Math.max(...seen) > 0.7 * rows);
        assert.deepEqual(await look(), seen);
      },
    ),
  ),
];

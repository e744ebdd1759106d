import assert from "node:assert/strict";
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import type { Grain } from "../define/materialization.ts";
import type { InputTable, IntervalsRequest } from "../engine/engine.ts";
import { intervalAt } from "../graph/intervals.ts";
import { allRows, type EngineCase, engineCase, type EngineSubject, tableOf } from "./engine-subject.ts";
import { refusal } from "./refusal.ts";

const at = (grain: Grain, text: string): number => intervalAt(grain, Date.parse(`${text}Z`));

const events = (subject: EngineSubject, times: readonly (string | null)[]) =>
  tableOf(
    subject,
    "raw.events",
    { t: "TIMESTAMP", n: "BIGINT" },
    times.map((time, n) => ({ t: time, n })),
  );

/** One event at a time that may lie beyond what text of an instant can say. */
async function eventAt({ session, directory }: EngineSubject, time: string): Promise<InputTable> {
  const table = { t: "TIMESTAMP", n: "BIGINT" };
  const columns = Object.entries(table).map(([name, engineType]) => ({ name, engineType }));
  const output = join(directory, `event-${time.replaceAll(/\W+/g, "-")}.parquet`);
  const sql = `select make_timestamp(${time}) as t, 0 as n`;
  const { path } = await session.build({ sql, inputs: [], columns, parameters: {}, output });
  return { name: "raw.events", files: [path], columns };
}

const perDay = "select cast(t as date) as day, count(*) as times from raw.events group by all";
const columns = [
  { name: "day", engineType: "DATE" },
  { name: "times", engineType: "BIGINT" },
];

async function request(
  subject: EngineSubject,
  input: InputTable,
  more: Partial<IntervalsRequest>,
): Promise<IntervalsRequest> {
  const directory = join(subject.directory, "intervals");
  await mkdir(directory, { recursive: true });
  const plain = {
    sql: perDay,
    columns,
    by: "day",
    grain: "day" as const,
    lookback: 0,
    times: { "raw.events": "t" },
  };
  return { inputs: [input], runs: [], rowsPerFile: 1, directory, ...plain, ...more };
}

const run = (...intervals: readonly number[]) => ({
  span: [intervals[0] ?? 0, (intervals.at(-1) ?? 0) + 1] as const,
  intervals,
  gone: [],
});

/** Looking at times and building by intervals of time. */
export const engineIntervalCases: readonly EngineCase[] = [
  engineCase(
    "rows of landing files that are gone are left out, in their order, and told where they were",
    async (subject) => {
      const { session } = subject;
      const rows = [
        ["a", "2026-03-01", 1],
        ["b", "2026-03-01", 2],
        ["b", "2026-03-05", 3],
        ["it's c", "2026-03-07", 4],
        ["a", "2026-03-09", 5],
      ] as const;
      const columns = { t: "TIMESTAMP", n: "BIGINT", sluice_file: "VARCHAR" };
      const table = await tableOf(
        subject,
        "raw.events",
        columns,
        rows.map(([file, day, n]) => ({ t: `${day} 12:00:00`, n, sluice_file: file })),
      );
      const [path = ""] = table.files;
      assert.deepEqual(await session.rowsFrom(path, ["b", "it's c", "d"]), { b: 2, "it's c": 1 });
      const gone = ["b", "it's c"];
      const left = { ...table, without: { [path]: gone } };
      assert.deepEqual(
        (await allRows(subject, left)).map(({ n }) => n),
        [1, 5],
      );
      const found = await session.survey({ table: left, time: "t", grain: "day", gone });
      const days = ["2026-03-01", "2026-03-05", "2026-03-07"].map((day) => at("day", `${day}T00:00:00`));
      assert.deepEqual(found.gone, days);
      const counts = new Map(found.intervals.map((number, index) => [number, found.counts[index]]));
      assert.deepEqual(
        days.map((number) => counts.get(number)),
        [1, undefined, undefined],
      );
    },
  ),
  engineCase("times are put into the intervals that the heart counts, before 1970 too", async (subject) => {
    const times = [
      "1969-12-28 23:59:59.999999",
      "1969-12-29 00:00:00",
      "1969-12-31 23:59:59.999999",
      "1970-01-01 00:00:00",
      "2024-02-29 12:30:00",
      "2026-03-01 23:59:59.999999",
      "9999-12-31 23:59:59.999999",
    ];
    const table = await events(subject, [...times, null]);
    for (const grain of ["hour", "day", "week", "month"] as const) {
      const expected = [...new Set(times.map((time) => at(grain, time.replace(" ", "T"))))].sort(
        (a, b) => a - b,
      );
      const found = await subject.session.survey({ table, time: "t", grain });
      assert.deepEqual(found.intervals, expected, grain);
      assert.equal(found.without, 1);
      assert.equal(
        found.counts.reduce((sum, count) => sum + count, 0),
        times.length,
      );
    }
  }),
  engineCase(
    "the last moment of a far day, and a year that JavaScript has no date for, have their intervals",
    async (subject) => {
      const times = [
        "2399, 12, 31, 23, 59, 59.999999",
        "9999, 12, 31, 23, 59, 59.999999",
        "290000, 1, 1, 0, 0, 0",
      ];
      for (const time of times) {
        const input = await eventAt(subject, time);
        for (const grain of ["hour", "day", "week", "month"] as const) {
          const { intervals } = await subject.session.survey({ table: input, time: "t", grain });
          const sql = "select date_trunc('hour', t) as day, count(*) as times from raw.events group by all";
          const made = await subject.session.buildIntervals(
            await request(subject, input, {
              sql,
              grain,
              columns: [
                { name: "day", engineType: "TIMESTAMP" },
                { name: "times", engineType: "BIGINT" },
              ],
              runs: [run(...intervals)],
            }),
          );
          assert.equal(
            made.reduce((sum, { rows }) => sum + rows, 0),
            1,
            `${grain} of ${time}`,
          );
        }
      }
    },
  ),
  engineCase("an interval may look further back than the type of a time reaches", async (subject) => {
    const input = await tableOf(subject, "raw.events", { t: "TIMESTAMP_NS" }, [{ t: "2026-03-01 10:00:00" }]);
    const made = await subject.session.buildIntervals(
      await request(subject, input, {
        grain: "month",
        lookback: 6000,
        runs: [run(at("month", "2026-03-01T00:00:00"))],
      }),
    );
    assert.deepEqual(
      made.map(({ rows }) => rows),
      [1],
    );
  }),
  engineCase("each interval sees its own rows, and those it looks back at", async (subject) => {
    const input = await events(subject, [
      "2026-03-01 23:59:59",
      "2026-03-02 00:00:00",
      "2026-03-03 10:00:00",
      "2026-03-05 10:00:00",
    ]);
    const first = at("day", "2026-03-01T00:00:00");
    const sql = "select cast(max(t) as date) as day, count(*) as times from raw.events";
    const days = run(first, first + 1, first + 2, first + 4);
    for (const [lookback, times] of [
      [0, [1, 1, 1, 1]],
      [1, [1, 2, 2, 1]],
      [2, [1, 2, 3, 2]],
    ] as const) {
      const made = await subject.session.buildIntervals(
        await request(subject, input, { sql, lookback, runs: [days] }),
      );
      assert.deepEqual(
        made.map(({ span }) => span),
        [
          [first, first + 1],
          [first + 1, first + 2],
          [first + 2, first + 3],
          [first + 4, first + 5],
        ],
      );
      const rows = await allRows(subject, { name: "made", files: made.map(({ path }) => path), columns });
      assert.deepEqual(
        rows.map((row) => row["times"]),
        times,
      );
    }
  }),
  engineCase(
    "one interval alone is read where it lies, and several make files of enough rows",
    async (subject) => {
      const input = await events(subject, [
        "2026-03-01 10:00:00",
        "2026-03-02 10:00:00",
        "2026-03-03 10:00:00",
      ]);
      const first = at("day", "2026-03-01T00:00:00");
      const alone = await subject.session.buildIntervals(
        await request(subject, input, { runs: [run(first + 1)] }),
      );
      assert.deepEqual(
        await allRows(subject, { name: "made", files: alone.map(({ path }) => path), columns }),
        [{ day: "2026-03-02", times: 1 }],
      );
      const all = [first, first + 1, first + 2];
      const made = await subject.session.buildIntervals(
        await request(subject, input, { rowsPerFile: 2, runs: [run(...all)] }),
      );
      assert.deepEqual(
        made.map(({ span, rows }) => [span, rows]),
        [
          [[first, first + 2], 2],
          [[first + 2, first + 3], 1],
        ],
      );
    },
  ),
  engineCase("rows of other intervals stay as they are", async (subject) => {
    const first = at("day", "2026-03-01T00:00:00");
    const input = await events(subject, [
      "2026-03-01 10:00:00",
      "2026-03-02 10:00:00",
      "2026-03-03 10:00:00",
    ]);
    const [before] = await subject.session.buildIntervals(
      await request(subject, input, { rowsPerFile: 9, runs: [run(first, first + 1, first + 2)] }),
    );
    const later = await events(subject, [
      "2026-03-01 10:00:00",
      "2026-03-02 10:00:00",
      "2026-03-02 11:00:00",
    ]);
    const again = { span: [first, first + 3] as const, intervals: [first + 1], gone: [first + 2] };
    const directory = join(subject.directory, "again");
    await mkdir(directory);
    const [after] = await subject.session.buildIntervals({
      ...(await request(subject, later, { runs: [{ ...again, keep: before?.path ?? "" }] })),
      directory,
    });
    const rows = await allRows(subject, { name: "made", files: [after?.path ?? ""], columns });
    assert.deepEqual(rows.map((row) => JSON.stringify(row)).toSorted(), [
      '{"day":"2026-03-01","times":1}',
      '{"day":"2026-03-02","times":2}',
    ]);
  }),
  engineCase("rows that belong to no interval stop the build and are told", async (subject) => {
    const input = await events(subject, [
      "2026-03-02 10:00:00",
      "2026-03-02 11:00:00",
      "2026-03-03 11:00:00",
    ]);
    const first = at("day", "2026-03-02T00:00:00");
    const over = async (day: string): Promise<string> => {
      const sql = `select ${day} as day, n as times from raw.events`;
      const error = await refusal(
        "build-failed",
        subject.session.buildIntervals(await request(subject, input, { sql, runs: [run(first, first + 1)] })),
      );
      return error.message;
    };
    assert.match(await over("null"), /the day of 2026-03-02 makes 2 rows with no value in "day"/);
    assert.match(await over("cast(t as date) + 1"), /2 rows with a "day" in 2026-03-03/);
    assert.match(await over("cast(t as date) - 1"), /2 rows with a "day" in 2026-03-01/);
    assert.match(await over("date 'infinity'"), /no value in "day"/);
  }),
  engineCase("what new rows offend is told without counting what was clean before", async (subject) => {
    const numbers = (values: readonly (number | null)[]) =>
      tableOf(
        subject,
        "raw.numbers",
        { n: "BIGINT" },
        values.map((n) => ({ n })),
      );
    const before = await numbers([1, 2, 3, null, null]);
    const ask = async (fresh: readonly (number | null)[]): Promise<number | undefined> => {
      const question = { id: "q", ask: "duplicates" as const, columns: ["n"] };
      const answers = await subject.session.ask(await numbers(fresh), [question], [], before);
      return answers[0]?.value;
    };
    assert.equal(await ask([4, 5, null]), 0);
    assert.equal(await ask([]), 0);
    assert.equal(await ask([3, 4]), 1);
    assert.equal(await ask([3, 3, 4, 4, 4]), 4);
  }),
];

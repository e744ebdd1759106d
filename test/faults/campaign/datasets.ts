/**
 * The datasets of the story's project, each with the ways in which it can be written and with what must come
 * of it, computed here by other means than Sluice's.
 */
import type { World } from "./world.ts";

export type Row = Readonly<Record<string, string | number | null>>;

/** Rows of datasets by name. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** One way to write a dataset. */
export interface Variant {
  readonly text: string;
  /** The rows of its inputs, and of the world where it is a source, as the rows it must have. */
  rows(tables: Tables, world: World): readonly Row[];
  /** Whether a check stops these rows; without it none does. */
  stops?(rows: readonly Row[]): boolean;
}

export interface StoryDataset {
  readonly name: string;
  readonly path: string;
  readonly inputs: readonly string[];
  readonly variants: readonly Variant[];
  /** Comes and goes; nothing reads it. */
  readonly optional?: true;
  /** For sources: how many records the contract must have refused. */
  readonly refused?: (world: World) => number;
}

const contract = (check: string): string => `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/ticks/*.csv"),
  columns: { id: t.integer().key(), batch: t.integer(), value: t.text().minLength(1), happened: t.date() },
  checks: [check.valueRange("batch", { max: 999 })${check}],
  quarantine: { warn: 1, stop: 1 },
});
`;

/** The day on which the records of a batch are said to have happened. */
export const dateOf = (batch: number): string =>
  new Date(Date.UTC(2026, 0, batch)).toISOString().slice(0, 10);

const tickRows = (_: Tables, { ticks }: World): readonly Row[] =>
  Object.values(ticks)
    .flat()
    .filter(({ dirt }) => dirt === "none")
    .map(({ id, batch }) => ({ id, batch, value: `value ${id}`, happened: dateOf(batch) }));

/** The same query, kept in another way: the content must be the same. */
const kept = (how: string, sql: string): string => `/*---\nmaterialized: ${how}\n---*/\n${sql}`;

const poisoned = (rows: readonly Row[]): boolean => rows.some(({ batch }) => Number(batch) > 999);

const pages = (column: string): string => `import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generator, source, t } from "sluice";
export default source({
  from: generator(async function* ({ cursor, directory }) {
    for (let page = ((cursor as number | undefined) ?? 0) + 1; ; page += 1) {
      const path = join(directory, "pages", \`\${page}.json\`);
      if (!existsSync(path)) return;
      yield { records: JSON.parse(readFileSync(path, "utf8")) as unknown[], cursor: page };
    }
  }),
  columns: { id: t.integer().key(), batch: t.integer(), value: t.text()${column} },
  quarantine: { warn: 1, stop: 1 },
});
`;

const pageRows = (_: Tables, { pages: all }: World): readonly Row[] =>
  all
    .flat()
    .filter(({ value }) => value !== null)
    .map(({ id, batch, value }) => ({ id, batch, value }));

/** Rows by a number in them, in the order of that number. */
function grouped(rows: readonly Row[], column: string): [number, readonly Row[]][] {
  return [...Map.groupBy(rows, (row) => Number(row[column]))].toSorted(([a], [b]) => a - b);
}

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((all, row) => all + Number(row[column]), 0);

const perBatch = ({ "raw.ticks": ticks = [] }: Tables): readonly Row[] =>
  grouped(ticks, "batch").map(([batch, rows]) => ({ batch, rows: rows.length }));

const top = (tables: Tables): readonly Row[] => {
  const rows = tables["a.per_batch"] ?? [];
  const batch = rows.length === 0 ? null : Math.max(...rows.map((row) => Number(row["batch"])));
  return [{ batch, rows: rows.length === 0 ? null : sum(rows, "rows") }];
};

const letters = (unit: string): string => `import { model, t } from "sluice";
import ticks from "../../sources/raw/ticks.ts";
export default model({
  inputs: { ticks },
  columns: { batch: t.integer().key(), letters: t.integer() },
  async *rows({ ticks }) {
    const letters = new Map<number, number>();
    for await (const { batch, value } of ticks) letters.set(Number(batch), (letters.get(Number(batch)) ?? 0) + ${unit});
    for (const [batch, sum] of letters) yield { batch, letters: sum };
  },
});
`;

const lettersOf =
  (unit: (value: string) => number) =>
  ({ "raw.ticks": ticks = [] }: Tables): readonly Row[] =>
    grouped(ticks, "batch").map(([batch, rows]) => ({
      batch,
      letters: rows.reduce((all, { value }) => all + unit(String(value)), 0),
    }));

const both = ({ "raw.ticks": ticks = [], "raw.pages": entries = [] }: Tables): readonly Row[] =>
  grouped(ticks, "batch").flatMap(([batch, rows]) => {
    const matching = entries.filter((entry) => entry["batch"] === batch);
    return matching.length === 0 ? [] : [{ batch, ticks: rows.length, pages: matching.length }];
  });

const topSql = "select max(batch) as batch, sum(rows)::bigint as rows from a.per_batch";
const extraSql = "select id, value from raw.pages where id % 2 = 0";
const extra = ({ "raw.pages": entries = [] }: Tables): readonly Row[] =>
  entries
    .filter(({ id }) => Number(id) % 2 === 0)
    .map(({ id, value }) => ({ id: id ?? null, value: value ?? null }));

/** Of all rows of a batch the one with the greatest id. */
const latest = ({ "raw.ticks": ticks = [] }: Tables): readonly Row[] =>
  grouped(ticks, "batch").map(([batch, rows]) => ({
    batch,
    id: Math.max(...rows.map(({ id }) => Number(id))),
  }));
const latestSql =
  "select batch, id from raw.ticks qualify row_number() over (partition by batch order by id desc) = 1";

/** By day, which is by batch. */
const daily = ({ "raw.ticks": ticks = [] }: Tables): readonly Row[] =>
  grouped(ticks, "batch").map(([batch, rows]) => ({ happened: dateOf(batch), rows: rows.length }));
const dailySql = "select happened, count(*) as rows from raw.ticks group by happened";

const bothSql =
  "select t.batch, count(distinct t.id) as ticks, count(distinct p.id) as pages from raw.ticks t join raw.pages p using (batch) group by t.batch";

/** Add yours here, after its inputs. */
export const datasets: readonly StoryDataset[] = [
  {
    name: "raw.ticks",
    path: "sources/raw/ticks.ts",
    inputs: [],
    variants: [
      { text: contract(""), rows: tickRows, stops: poisoned },
      { text: contract(", check.rowCount({ max: 100_000 })"), rows: tickRows, stops: poisoned },
    ],
    refused: ({ ticks }) =>
      Object.values(ticks)
        .flat()
        .filter(({ dirt }) => dirt !== "none").length,
  },
  {
    name: "raw.pages",
    path: "sources/raw/pages.ts",
    inputs: [],
    variants: [
      { text: pages(""), rows: pageRows },
      // Another contract with the same rows: what was fetched is read again.
      { text: pages(".maxLength(50)"), rows: pageRows },
    ],
    refused: ({ pages: all }) => all.flat().filter(({ value }) => value === null).length,
  },
  {
    name: "a.per_batch",
    path: "models/a/per_batch.sql",
    inputs: ["raw.ticks"],
    variants: [
      { text: "select batch, count(*) as rows from raw.ticks group by batch", rows: perBatch },
      { text: "-- the same\nselect batch, count(*) as rows\nfrom raw.ticks group by 1", rows: perBatch },
      {
        text: "select batch, count(*) + 1 as rows from raw.ticks group by batch",
        rows: (tables) => perBatch(tables).map((row) => ({ ...row, rows: Number(row["rows"]) + 1 })),
      },
    ],
  },
  {
    name: "a.top",
    path: "models/a/top.sql",
    inputs: ["a.per_batch"],
    variants: [
      { text: topSql, rows: top },
      { text: kept("view", topSql), rows: top },
      {
        text: `/*---\nchecks:\n  - row_count: { min: 99 }\n---*/\n${topSql}`,
        rows: top,
        stops: () => true,
      },
    ],
  },
  {
    name: "b.letters",
    path: "models/b/letters.ts",
    inputs: ["raw.ticks"],
    variants: [
      { text: letters("String(value).length"), rows: lettersOf((value) => value.length) },
      { text: letters("1"), rows: lettersOf(() => 1) },
    ],
  },
  {
    name: "c.both",
    path: "models/c/both.sql",
    inputs: ["raw.ticks", "raw.pages"],
    variants: [
      { text: bothSql, rows: both },
      { text: kept("view", bothSql), rows: both },
      {
        text: `${bothSql} having count(distinct t.id) > 3`,
        rows: (tables) => both(tables).filter(({ ticks }) => Number(ticks) > 3),
      },
    ],
  },
  {
    name: "d.extra",
    path: "models/d/extra.sql",
    inputs: ["raw.pages"],
    optional: true,
    variants: [
      { text: extraSql, rows: extra },
      { text: kept("append", extraSql), rows: extra },
      { text: kept("view", extraSql), rows: extra },
    ],
  },
  {
    name: "e.last",
    path: "models/e/last.sql",
    inputs: ["c.both"],
    optional: true,
    variants: [
      {
        text: "select max(batch) as batch from c.both",
        rows: ({ "c.both": rows = [] }) => [
          { batch: rows.length === 0 ? null : Math.max(...rows.map(({ batch }) => Number(batch))) },
        ],
      },
    ],
  },
  {
    name: "f.latest",
    path: "models/f/latest.sql",
    inputs: ["raw.ticks"],
    optional: true,
    variants: [
      { text: latestSql, rows: latest },
      {
        text: `/*---\nmaterialized: { upsert: { order: id } }\ncolumns:\n  batch: { key: true }\n---*/\nselect batch, id from raw.ticks`,
        rows: latest,
      },
    ],
  },
  {
    name: "g.daily",
    path: "models/g/daily.sql",
    inputs: ["raw.ticks"],
    variants: [
      {
        text: kept("{ interval: { by: happened, grain: day } }", dailySql),
        rows: daily,
      },
      { text: dailySql, rows: daily },
    ],
  },
];

/** The text of a dataset's definition; undefined where it is not in the project. */
export const definitionOf = ({ variants }: StoryDataset, variant: number | undefined): string | undefined =>
  variant === undefined ? undefined : variants[variant]?.text;

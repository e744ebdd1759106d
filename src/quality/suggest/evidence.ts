/**
 * What suggestions rest on, as questions in SQL and what comes of them. A quarter of the rows, always the same one, is
 * held out: what is learnt from the others has to hold there too.
 */
import type { LogicalType } from "../../define/column.ts";
import type { TextFormat } from "../../define/text-format.ts";
import { formatHolds } from "../../sql/formats/format-holds.ts";
import { quoteDataset, quoteName, quoteText } from "../../sql/quote.ts";
import { unreadable } from "../row-rules.ts";

/** A column that is looked at. */
export interface SeenColumn {
  readonly name: string;
  readonly kind: "text" | "number" | "time" | "other";
  /** Its values are somebody's, or may be by its name: none is shown. */
  readonly personal: boolean;
  /** It is known to be personal, by its own tag or those of what it is made of. */
  readonly tagged: boolean;
}

/** Smallest and largest, of the rows that are learnt from and of those held out. */
export interface Extent {
  readonly learnt: readonly [number, number];
  readonly heldOut: readonly [number, number];
}

/** What one look at all rows tells of a column. */
export interface ColumnCounts {
  readonly values: number;
  readonly heldOutValues: number;
  /** Estimated. */
  readonly distinct: number;
  /** Of numbers the values, of text the lengths; absent where there are none, or they may not be known. */
  readonly extent?: Extent;
}

/** What a second look tells, at what the first one leaves open. */
export interface ColumnProofs {
  /** Exact; only of columns that may be unique. */
  readonly distinct?: number;
  readonly formats: readonly TextFormat[];
  readonly types: readonly LogicalType[];
  /** Only of columns with few. */
  readonly learntValues?: readonly string[];
  readonly heldOutValues?: readonly string[];
  /** Words that stand for nothing, as they are written, and how many rows have one. */
  readonly blanks?: { readonly rows: number; readonly words: readonly string[] };
}

/** What to look at a second time. */
export interface Open {
  readonly column: SeenColumn;
  readonly unique: boolean;
  readonly formats: readonly TextFormat[];
  readonly types: readonly LogicalType[];
  readonly values: boolean;
}

/** Rows in which a format or a type is looked for before all rows are asked. */
const firstRows = 2000;

/** Formats that hardly any text has by chance. The first that holds is the one to name. */
export const tellingFormats: readonly TextFormat[] = [
  "uuid",
  "ulid",
  "email",
  "iban",
  "isin",
  "lei",
  "credit_card",
  "mac",
  "ipv4",
  "ipv6",
  "ip",
  "cidr",
  "url",
  "e164",
  "date_time",
  "country",
  "currency",
  "country3",
  "bic",
];

/** What texts may turn out to be; the narrowest first. */
export const tellingTypes: readonly LogicalType[] = ["integer", "decimal", "number", "date", "timestamp"];

const blankWords = ["n/a", "#n/a", "null", "none", "nil", "nan", "-", "--", "?", "unknown", "undefined"];

/** The rows with their columns as `c0`, `c1`, …, and whether they are held out. */
export function rowsOf(dataset: string, columns: readonly SeenColumn[]): string {
  const names = columns.map(({ name }) => quoteName(name));
  const renamed = names.map((name, at) => `${name} as c${at}`);
  return `(select hash(${names.join(", ")}) % 4 = 0 as held, ${renamed.join(", ")} from ${quoteDataset(dataset)})`;
}

export const learnt = (sql: string): string => `case when not held then ${sql} end`;
export const heldOut = (sql: string): string => `case when held then ${sql} end`;
const asNumber = (sql: string): string => `cast(${sql} as double)`;

/** How many rows there are, how many of them are held out, and the counts of each column. */
export function countsQuery(dataset: string, columns: readonly SeenColumn[]): string {
  const asked = columns.flatMap(({ kind, personal }, at) => {
    const counts = [`count(c${at})`, `count(${heldOut(`c${at}`)})`, `approx_count_distinct(c${at})`];
    if (kind === "other" || kind === "time" || (kind === "number" && personal))
      return [...counts, ...Array(4).fill("null")];
    const value = kind === "text" ? `length(c${at})` : `c${at}`;
    const ends = [learnt(value), heldOut(value)].flatMap((one) => [`min(${one})`, `max(${one})`]);
    return [...counts, ...ends.map(asNumber)];
  });
  return `select ${["count(*)", "count_if(held)", ...asked].join(", ")} from ${rowsOf(dataset, columns)}`;
}

/** Cells of the answer to `countsQuery`. */
export function readCounts(
  cells: readonly unknown[],
  columns: readonly SeenColumn[],
): { readonly rows: number; readonly heldOut: number; readonly columns: readonly ColumnCounts[] } {
  const found = columns.map((_, at): ColumnCounts => {
    const [values, held, distinct, ...ends] = cells.slice(2 + at * 7, 9 + at * 7);
    const [low, high, heldLow, heldHigh] = ends.map((end) => (end === null ? Number.NaN : Number(end)));
    const extent = [low, high, heldLow, heldHigh] as readonly number[];
    const counts = { values: Number(values), heldOutValues: Number(held), distinct: Number(distinct) };
    if (!extent.every((one) => Number.isFinite(one))) return counts;
    return { ...counts, extent: { learnt: [low ?? 0, high ?? 0], heldOut: [heldLow ?? 0, heldHigh ?? 0] } };
  });
  return { rows: Number(cells[0]), heldOut: Number(cells[1]), columns: found };
}

/** Which of some formats and types all of the first rows have. */
export function firstLookQuery(dataset: string, columns: readonly Open[]): string {
  const from = `(select * from ${rowsOf(
    dataset,
    columns.map(({ column }) => column),
  )} limit ${firstRows})`;
  return `select ${columns.flatMap(shapes).join(", ") || "1"} from ${from}`;
}

/** Whether formats, then types, hold of all rows, for one column. */
const shapes = ({ formats, types }: Open, at: number): string[] => [
  ...formats.map((format) => `coalesce(bool_and(${formatHolds(format, `c${at}`)}), false)`),
  ...types.map((type) => `not coalesce(bool_or(${unreadable(`c${at}`, type)}), false)`),
];

/** The columns with those formats and types alone that held in the first rows. */
export function narrow(cells: readonly unknown[], columns: readonly Open[]): readonly Open[] {
  let next = 0;
  return columns.map((open) => ({
    ...open,
    formats: open.formats.filter(() => cells[next++] === true),
    types: open.types.filter(() => cells[next++] === true),
  }));
}

/** The same of all rows, with exact counts, values where they are few, and words that stand for nothing. */
export function proofsQuery(dataset: string, columns: readonly Open[]): string {
  const blanks = blankWords.map(quoteText).join(", ");
  const asked = columns.flatMap((open, at) => {
    const value = `c${at}`;
    const listed = (rows: string): string =>
      open.values ? `cast(to_json(list(distinct ${rows})) as varchar)` : "null";
    const isText = open.column.kind === "text";
    const blank = `case when lower(trim(${value})) in (${blanks}) then ${value} end`;
    return [
      open.unique ? `count(distinct ${value})` : "null",
      listed(learnt(value)),
      listed(heldOut(value)),
      isText ? `count(${blank})` : "0",
      isText ? `cast(to_json(list(distinct ${blank})) as varchar)` : "null",
      ...shapes(open, at),
    ];
  });
  const from = rowsOf(
    dataset,
    columns.map(({ column }) => column),
  );
  return `select ${asked.join(", ") || "1"} from ${from}`;
}

/** Cells of the answer to `proofsQuery`. */
export function readProofs(cells: readonly unknown[], columns: readonly Open[]): readonly ColumnProofs[] {
  let next = 0;
  const take = (): unknown => cells[next++];
  return columns.map((open): ColumnProofs => {
    const [distinct, learntValues, heldOutValues, blankRows, words] = [
      take(),
      take(),
      take(),
      take(),
      take(),
    ];
    const formats = open.formats.filter(() => take() === true);
    const types = open.types.filter(() => take() === true);
    return {
      formats,
      types,
      ...(open.unique ? { distinct: Number(distinct) } : {}),
      ...(open.values
        ? { learntValues: valuesOf(learntValues), heldOutValues: valuesOf(heldOutValues) }
        : {}),
      ...(Number(blankRows) === 0 ? {} : { blanks: { rows: Number(blankRows), words: valuesOf(words) } }),
    };
  });
}

function valuesOf(cell: unknown): readonly string[] {
  const values = typeof cell === "string" ? (JSON.parse(cell) as readonly (string | null)[]) : [];
  return values.filter((value) => value !== null).toSorted();
}

/** How many values of a column another dataset's column does not have. */
export const strangersQuery = (
  [dataset, column]: readonly [string, string],
  [other, key]: readonly [string, string],
): string =>
  `select count(*) from (select distinct ${quoteName(column)} as v from ${quoteDataset(dataset)} where ${quoteName(column)} is not null) a anti join (select ${quoteName(key)} as v from ${quoteDataset(other)}) b on a.v = b.v`;

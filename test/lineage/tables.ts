/** Tables of random rows: values are kept as SQL, so that what a test prints can be run by hand. */
import { quoteDataset, quoteName, quoteText } from "../../src/sql/quote.ts";
import type { Choices } from "./choices.ts";

export interface ColumnShape {
  readonly name: string;
  /** An engine type: a plain one, a list of one (`BIGINT[]`), or a struct (`STRUCT(a BIGINT, b VARCHAR)`). */
  readonly type: string;
  /** What values may be, as SQL; without it, small values of the type that meet each other often. */
  readonly pool?: readonly string[];
}

export interface TableShape {
  /** `schema.name`. */
  readonly name: string;
  readonly columns: readonly ColumnShape[];
}

export interface Table extends TableShape {
  /** Values as SQL. */
  readonly rows: readonly (readonly string[])[];
}

/** Types with few values: keys that find each other, words that a condition can name. */
const pools: Readonly<Record<string, { readonly type: string; readonly pool: readonly string[] }>> = {
  KEY: { type: "BIGINT", pool: ["0", "1", "2"] },
  WORD: { type: "VARCHAR", pool: ["'a'", "'b'", "'c'"] },
  YEAR: { type: "BIGINT", pool: ["2000", "2001", "2002"] },
  MONTH: { type: "BIGINT", pool: ["1", "2", "11", "12"] },
};

/**
 * Columns in short: `id KEY, "a b" VARCHAR, tags VARCHAR[]`. Beside engine types there are `KEY`, `WORD`, `YEAR`
 * and `MONTH`, of few values.
 */
export function shape(name: string, columns: string): TableShape {
  const list = columns.split(/,(?![^(]*\))/).map((column) => {
    const [, columnName, type] = /^\s*("(?:[^"]|"")+"|\S+)\s+(.+?)\s*$/s.exec(column)!;
    const plain = columnName!.startsWith('"') ? columnName!.slice(1, -1).replaceAll('""', '"') : columnName!;
    return { name: plain, ...(pools[type!] ?? { type: type! }) };
  });
  return { name, columns: list };
}

const texts = ["a", "b", "c", "ab", "B", "", "c d", "ä", "x,y", "7"];
const plainValues: Readonly<Record<string, (choices: Choices) => string>> = {
  BIGINT: (choices) => String(choices.below(6) - 1),
  INTEGER: (choices) => String(choices.below(6) - 1),
  // Quarters add up to the same sum in any order.
  DOUBLE: (choices) => `${(choices.below(12) - 3) / 4}::DOUBLE`,
  "DECIMAL(9,2)": (choices) => ((choices.below(20) - 5) / 4).toFixed(2),
  VARCHAR: (choices) => quoteText(choices.pick(texts)),
  BOOLEAN: (choices) => choices.pick(["true", "false"]),
  DATE: (choices) => `DATE '2024-0${choices.below(2) + 1}-0${choices.below(6) + 1}'`,
  TIMESTAMP: (choices) =>
    `TIMESTAMP '2024-0${choices.below(2) + 1}-0${choices.below(5) + 1} 0${choices.below(3)}:30:00'`,
};
/** Values that are no neighbours of the others. */
const farValues: Readonly<Record<string, string>> = {
  BIGINT: "77",
  INTEGER: "77",
  DOUBLE: "1000.5::DOUBLE",
  "DECIMAL(9,2)": "9999.75",
  VARCHAR: "'zz far'",
  BOOLEAN: "true",
  DATE: "DATE '2031-12-30'",
  TIMESTAMP: "TIMESTAMP '2031-12-30 23:59:59'",
};

const structFields = (type: string): string[][] =>
  type
    .slice("STRUCT(".length, -1)
    .split(", ")
    .map((field) => [field.slice(0, field.indexOf(" ")), field.slice(field.indexOf(" ") + 1)]);

/** A value of a type, never null at the top. */
export function randomValue({ type, pool }: ColumnShape, choices: Choices): string {
  if (pool !== undefined) return choices.pick(pool);
  if (type.endsWith("[]")) {
    const item = { name: "", type: type.slice(0, -2) };
    const items = Array.from({ length: choices.below(4) }, () => randomOrNull(item, choices));
    return `[${items.join(", ")}]::${type}`;
  }
  if (type.startsWith("STRUCT(")) {
    const fields = structFields(type).map(
      ([name, fieldType]) => `${quoteText(name!)}: ${randomOrNull({ name: "", type: fieldType! }, choices)}`,
    );
    return `{${fields.join(", ")}}::${type}`;
  }
  return plainValues[type]!(choices);
}

const randomOrNull = (column: ColumnShape, choices: Choices, onceNull = 9): string =>
  choices.once(onceNull) ? "NULL" : randomValue(column, choices);

/** How full random tables are. */
export interface Fullness {
  readonly fewest: number;
  readonly most: number;
  /** One value in so many is null. */
  readonly onceNull: number;
  /** One table in so many is empty. */
  readonly onceEmpty: number;
}

/** Whatever may happen. */
export const anything: Fullness = { fewest: 3, most: 8, onceNull: 9, onceEmpty: 16 };
/** For queries with many joins and conditions, which else would find nothing. */
export const crowded: Fullness = { fewest: 4, most: 7, onceNull: 20, onceEmpty: 200 };

/** Rows by chance, some of them twice. */
export function randomTable(table: TableShape, choices: Choices, fullness = anything): Table {
  const { fewest, most, onceNull, onceEmpty } = fullness;
  const count = choices.once(onceEmpty) ? 0 : fewest + choices.below(most - fewest + 1);
  const rows = Array.from({ length: count }, () =>
    table.columns.map((column) => randomOrNull(column, choices, onceNull)),
  );
  // Equal rows are what set operations and windows stumble over.
  return { ...table, rows: rows.length > 2 && choices.once(3) ? [...rows, rows[0]!] : rows };
}

/** The same table with other values in one column; undefined where nothing could be changed. */
export function changeColumn(table: Table, at: number, choices: Choices): Table | undefined {
  const column = table.columns[at]!;
  const only = choices.below(Math.max(1, table.rows.length));
  const same = randomOrNull(column, choices);
  const far = farValues[column.type];
  const changes: readonly ((value: string, row: number) => string)[] = [
    (value) => another(column, value, choices),
    (value, row) => (row === only ? another(column, value, choices) : value),
    () => "NULL",
    () => same,
    (value, row) => (far === undefined || column.pool !== undefined || row % 2 === 1 ? value : far),
    (value) => (choices.once(2) ? another(column, value, choices) : value),
  ];
  const change = changes[choices.pick([0, 0, 0, 1, 1, 2, 3, 4, 5])]!;
  const rows = table.rows.map((values, row) => values.with(at, change(values[at]!, row)));
  const differs = rows.some((values, row) => values[at] !== table.rows[row]![at]);
  return differs ? { ...table, rows } : undefined;
}

function another(column: ColumnShape, value: string, choices: Choices): string {
  for (let tries = 0; tries < 5; tries++) {
    const other = randomOrNull(column, choices);
    if (other !== value) return other;
  }
  return value;
}

/** The statements that make a table what it is, replacing what had its name. */
export function tableSql({ name, columns, rows }: Table): string {
  const list = columns.map((column) => `${quoteName(column.name)} ${column.type}`).join(", ");
  const create = `create or replace table ${quoteDataset(name)} (${list});`;
  if (rows.length === 0) return create;
  return `${create}\ninsert into ${quoteDataset(name)} values ${rows.map((row) => `(${row.join(", ")})`).join(", ")};`;
}

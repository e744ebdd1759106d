import { type DuckDBValue, DuckDBTypeId } from "@duckdb/node-api";
import { quoteName } from "../../sql/quote.ts";
import type { InputTable } from "../engine.ts";
import { refusal } from "./ask-failure.ts";
import type { Database } from "./database.ts";
import { parquetScan } from "./tables.ts";
import { nullable, readerOf } from "./values.ts";

/** Offending rows that an answer shows. */
export const sampleSize = 5;

/** A condition that some rows are known to meet. */
export interface Sampled {
  readonly id: string;
  readonly condition: string;
  /** How many rows meet it. */
  readonly rows: number;
  /** Columns to show before the others. */
  readonly first: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** A name that no column of a dataset has. */
const position = "sluice position";

/** Rows at the beginning of a table in which offenders are looked for first; then in so many times more. */
const firstLook = 20_480;
const growth = 40;

/**
 * Rows that meet conditions, by their ids: the first of each file. All are looked for together, where they begin first:
 * what offends often is found there, and only what is rare has the whole table looked through. Empty for tables that are
 * not just files.
 */
export async function sampleTogether(
  database: Database,
  table: InputTable,
  wanted: readonly Sampled[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
  if (wanted.length === 0 || !hasPositions(table)) return new Map();
  try {
    const places = await findPlaces(database, table, wanted);
    return await fetchRows(database, table, wanted, places);
  } catch (error) {
    refusal(error);
    return new Map();
  }
}

/** Whether rows can be told by file and position. */
const hasPositions = ({ view, fallen, without, files, columns }: InputTable): boolean =>
  view === undefined &&
  fallen === undefined &&
  without === undefined &&
  files.length > 0 &&
  !columns.some(({ name }) => /^(?:file_index|file_row_number)$/i.test(name));

const scanOf = ({ files, columns }: InputTable, where: string): string =>
  `(select ${columns.map(({ name }) => quoteName(name)).join(", ")},
    file_index::bigint * ${2 ** 40} + file_row_number as ${quoteName(position)} from ${parquetScan(files)} where ${where}) as this`;

async function findPlaces(
  database: Database,
  table: InputTable,
  wanted: readonly Sampled[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  let open = wanted;
  let rows = Math.max(2048, Math.ceil(firstLook / table.files.length));
  while (open.length > 0) {
    // The last look goes to the end.
    const isLast = rows > firstLook * growth;
    const list = open.map(
      ({ condition }, at) =>
        `min(case when ${condition}\n then ${quoteName(position)} end, ${sampleSize}) as q${at}`,
    );
    const where = isLast ? "true" : `file_row_number < ${rows}`;
    const row = await database.one<Record<string, readonly bigint[] | null>>(
      `select ${list.join(", ")} from ${scanOf(table, where)}`,
    );
    for (const [at, { id }] of open.entries()) found.set(id, (row[`q${at}`] ?? []).map(Number));
    open = isLast
      ? []
      : open.filter(({ id, rows: all }) => (found.get(id)?.length ?? 0) < Math.min(all, sampleSize));
    rows *= growth;
  }
  return found;
}

async function fetchRows(
  database: Database,
  table: InputTable,
  wanted: readonly Sampled[],
  places: ReadonlyMap<string, readonly number[]>,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const all = [...new Set([...places.values()].flat())];
  if (all.length === 0) return new Map();
  const inFile = [...new Set(all.map((place) => place % 2 ** 40))];
  const names = table.columns.map(({ name }) => name);
  const rows = await readRows(
    database,
    `select * from ${scanOf(table, `file_row_number in (${inFile.join(", ")})`)} where ${quoteName(position)} in (${all.join(", ")})`,
  );
  const byPlace = new Map(rows.map((row) => [Number(row[position]), row]));
  return new Map(
    wanted.map(({ id, first }) => {
      const order = [...first, ...names.filter((name) => !first.includes(name))];
      const found = (places.get(id) ?? []).map((place) => byPlace.get(place) ?? {});
      return [id, found.map((row) => Object.fromEntries(order.map((name) => [name, row[name]])))];
    }),
  );
}

/** The first rows of a query. */
export const sampleOf = (database: Database, query: string): Promise<readonly Row[]> =>
  readRows(database, `select * from (${query}\n) limit ${sampleSize}`);

async function readRows(database: Database, query: string): Promise<readonly Row[]> {
  database.refuseInterrupted();
  const reader = await database.connection.runAndReadAll(query);
  const names = reader.deduplicatedColumnNames();
  // A number that JavaScript cannot hold is shown as its digits, and bytes as the engine writes them.
  const readers = reader
    .columnTypes()
    .map((type) => (type.typeId === DuckDBTypeId.BLOB ? undefined : nullable(readerOf(type, String))));
  return reader
    .getRows()
    .map((row) =>
      Object.fromEntries(row.map((value, at) => [names[at], readers[at]?.(value) ?? textOf(value)])),
    );
}

const textOf = (value: DuckDBValue): string | null => (value === null ? null : String(value));

import type { DuckDBValue } from "@duckdb/node-api";
import type { ColumnStatistics, TableColumn } from "../../graph/table-column.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import type { WrittenFile } from "../engine.ts";
import type { Database } from "./database.ts";

/**
 * zstd and the encodings of version 2 write faster, read faster and are smaller than the defaults. Bloom filters of binary
 * columns deny every value that is there, so there are none.
 */
export const parquetOptions =
  "format parquet, compression zstd, parquet_version v2, write_bloom_filter false, return_stats";

interface CopyAnswer extends Record<string, unknown> {
  readonly count: bigint;
  readonly file_size_bytes: bigint;
  readonly column_statistics: readonly {
    readonly key: string;
    readonly value: readonly { readonly key: string; readonly value: string }[];
  }[];
}

/**
 * Write the rows of a query to one Parquet file. The statistics come from the write itself, so that nothing
 * is read twice. `columns` are those of the query, with the types they have there.
 */
export async function writeParquet(
  database: Database,
  query: string,
  columns: readonly TableColumn[],
  output: string,
  values?: Record<string, DuckDBValue>,
): Promise<WrittenFile> {
  const copy = `copy (${query}\n) to ${quoteText(output)} (${parquetOptions})`;
  const [answer] = await database.all<CopyAnswer>(copy, values);
  return written(answer, columns, output);
}

/** The column by whose value rows are told apart when they are written; it is in no file. */
export const splitColumn = "sluice_split";

/**
 * Write the rows of a query to one Parquet file for each value of its column `splitColumn`, which is a boolean; a value that
 * no row has has no file. `columns` are the other columns.
 */
export async function writeSplit(
  database: Database,
  query: string,
  columns: readonly TableColumn[],
  directory: string,
): Promise<ReadonlyMap<string, WrittenFile>> {
  const copy = `copy (${query}\n) to ${quoteText(directory)} (${parquetOptions}, partition_by (${splitColumn}))`;
  const answers = await database.all<SplitAnswer>(copy);
  return new Map(
    answers.map((answer) => [
      answer.partition_keys[0]?.value ?? "",
      written(answer, columns, answer.filename),
    ]),
  );
}

interface SplitAnswer extends CopyAnswer {
  readonly filename: string;
  readonly partition_keys: readonly { readonly key: string; readonly value: string }[];
}

function written(answer: CopyAnswer | undefined, columns: readonly TableColumn[], path: string): WrittenFile {
  return {
    path,
    rows: Number(answer?.count ?? 0),
    bytes: Number(answer?.file_size_bytes ?? 0),
    columns: columns.map((column) => statisticsOf(column, answer)),
  };
}

type Told = CopyAnswer["column_statistics"][number];

/**
 * Nulls of a column. Of nested ones the write tells of the innermost values only: each null above them is one of each of
 * them, so that there are at most as many. Of some types, such as intervals, it counts nothing.
 */
function nullsOf(
  key: string,
  own: Told | undefined,
  answer: CopyAnswer | undefined,
): Pick<ColumnStatistics, "nulls" | "loose"> {
  const rows = Number(answer?.count ?? 0);
  const known = own && countedNulls(own, rows);
  if (known !== undefined) return { nulls: known };
  const inner = (answer?.column_statistics ?? []).filter((one) => one.key.startsWith(`${key}.`));
  const nulls = inner.reduce((least, one) => Math.min(least, countedNulls(one, rows) ?? rows), rows);
  return nulls === 0 ? { nulls } : { nulls, loose: true };
}

function countedNulls({ value }: Told, rows: number): number | undefined {
  const [values, nulls] = ["num_values", "null_count"].map(
    (name) => value.find(({ key }) => key === name)?.value,
  );
  return nulls === undefined || Number(values ?? 0) < rows ? undefined : Number(nulls);
}

function statisticsOf(column: TableColumn, answer: CopyAnswer | undefined): ColumnStatistics {
  const key = quoteName(column.name);
  const entry = answer?.column_statistics.find((one) => one.key === key);
  const values = new Map(entry?.value.map(({ key: name, value }) => [name, value]));
  const min = values.get("min");
  const max = values.get("max");
  return {
    name: column.name,
    engineType: column.engineType,
    ...nullsOf(key, entry, answer),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(values.get("has_nan") === "false" ? { numbers: true } : {}),
  };
}

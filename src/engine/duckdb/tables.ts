import type { DuckDBConnection } from "@duckdb/node-api";
import type { InputTable } from "../engine.ts";
import { quoteName } from "../../sql/quote.ts";
import { quotePaths } from "./paths.ts";

/** A table that the engine can read: of a view it knows where the query stands. */
export interface ReadableTable extends InputTable {
  /** For a view: its name, as SQL. */
  readonly relation?: string;
}

/** A table as SQL: its columns in their order, and nothing else that its files hold. No files are a table without rows. */
export function tableQuery(table: ReadableTable): string {
  const { name, files, columns, view, relation } = table;
  const names = columns.map((c) => quoteName(c.name)).join(", ");
  if (relation !== undefined) return `select ${names} from ${relation}`;
  if (view !== undefined) throw new Error(`the engine was not told of the view ${name}`);
  if (files.length > 0) return standingRows(names, table);
  const nothing = columns.map((c) => `cast(null as ${c.engineType}) as ${quoteName(c.name)}`);
  return `select ${nothing.join(", ")} limit 0`;
}

/** The rows of files but those that no longer stand. A file whose rows all stand is read without looking for others. */
function standingRows(names: string, { files, fallen = {} }: InputTable): string {
  const whole = files.filter((file) => fallen[file] === undefined);
  const parts = files.flatMap((file) => {
    const rows = fallen[file];
    return rows === undefined ? [] : [`select ${names} from ${standingScan(file, rows)}`];
  });
  const scan = whole.length === 0 ? [] : [`select ${names} from ${parquetScan(whole)}`];
  return [...scan, ...parts].join(" union all ");
}

/** A file as SQL, with the position of each row as `part.file_row_number`, without the rows whose positions a second file has. */
export function standingScan(file: string, fallen: string | undefined): string {
  const scan = `${parquetScan([file], ", file_row_number = true")} as part`;
  return fallen === undefined
    ? scan
    : `${scan} anti join ${parquetScan([fallen])} as gone on part.file_row_number = gone."row"`;
}

/** Every path that a table is read from. */
export const pathsOf = ({ files, fallen = {} }: InputTable): readonly string[] => [
  ...files,
  ...Object.values(fallen),
];

/** Parquet files as SQL. Folders named `a=b` are folders, not columns. */
export const parquetScan = (files: readonly string[], more = ""): string =>
  `read_parquet(${quotePaths(files)}, hive_partitioning = false${more})`;

/** Make the schemas of tables. `catalog` is where, as SQL with a dot behind it. */
export async function declareSchemas(
  connection: DuckDBConnection,
  tables: readonly InputTable[],
  catalog = "",
): Promise<void> {
  const schemas = new Set(
    tables.flatMap(({ name }) => (name.includes(".") ? [name.slice(0, name.indexOf("."))] : [])),
  );
  for (const schema of schemas)
    await connection.run(`create schema if not exists ${catalog}${quoteName(schema)}`);
}

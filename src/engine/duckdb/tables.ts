import type { DuckDBConnection } from "@duckdb/node-api";
import { type InputTable, sourceFileColumn } from "../engine.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
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

/**
 * The rows of files but those that no longer stand, in the order of the files. A file whose rows all stand is read without
 * looking for others.
 */
export function standingRows(
  names: string,
  { files, fallen = {}, without = {} }: Pick<InputTable, "files" | "fallen" | "without">,
): string {
  const scans: string[] = [];
  let whole: string[] = [];
  const readWhole = (): void => {
    if (whole.length > 0) scans.push(parquetScan(whole));
    whole = [];
  };
  for (const file of files) {
    const [rows, landingFiles] = [fallen[file], without[file]];
    if (rows === undefined && landingFiles === undefined) {
      whole.push(file);
      continue;
    }
    readWhole();
    scans.push(landingFiles === undefined ? standingScan(file, rows) : scanWithout(file, landingFiles));
  }
  readWhole();
  return scans.map((scan) => `select ${names} from ${scan}`).join(" union all ");
}

/** Unlike a join, a condition leaves the rows in their order. */
const scanWithout = (file: string, landingFiles: readonly string[]): string =>
  `${parquetScan([file])} where ${standsWithout(landingFiles)}`;

/** The condition under which a row stands of a file that is read without the rows of some landing files. */
export const standsWithout = (landingFiles: readonly string[]): string =>
  `(${quoteName(sourceFileColumn)} in (${landingFiles.map(quoteText).join(", ")})) is not true`;

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

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
export function tableQuery({ name, files, columns, view, relation }: ReadableTable): string {
  const names = columns.map((c) => quoteName(c.name)).join(", ");
  if (relation !== undefined) return `select ${names} from ${relation}`;
  if (view !== undefined) throw new Error(`the engine was not told of the view ${name}`);
  if (files.length > 0) return `select ${names} from ${parquetScan(files)}`;
  const nothing = columns.map((c) => `cast(null as ${c.engineType}) as ${quoteName(c.name)}`);
  return `select ${nothing.join(", ")} limit 0`;
}

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

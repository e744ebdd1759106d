import type { InputTable } from "../engine.ts";
import { quoteDataset, quoteName } from "../../sql/quote.ts";
import type { Database } from "./database.ts";
import { quotePaths } from "./paths.ts";

/** A table as SQL: its columns in their order, and nothing else that its files hold. No files are a table without rows. */
export function tableQuery(table: Pick<InputTable, "files" | "columns">): string {
  if (table.files.length === 0) {
    const nothing = table.columns.map((c) => `cast(null as ${c.engineType}) as ${quoteName(c.name)}`);
    return `select ${nothing.join(", ")} limit 0`;
  }
  const names = table.columns.map((c) => quoteName(c.name)).join(", ");
  return `select ${names} from ${parquetScan(table.files)}`;
}

/** Parquet files as SQL. Folders named `a=b` are folders, not columns. */
export const parquetScan = (files: readonly string[], more = ""): string =>
  `read_parquet(${quotePaths(files)}, hive_partitioning = false${more})`;

/** Make tables known under their names, replacing what was known under them. */
export async function declareTables(database: Database, tables: readonly InputTable[]): Promise<void> {
  const schemas = new Set(
    tables.flatMap(({ name }) => (name.includes(".") ? [name.slice(0, name.indexOf("."))] : [])),
  );
  for (const schema of schemas) await database.run(`create schema if not exists ${quoteName(schema)}`);
  for (const table of tables) {
    await database.run(`create or replace view ${quoteDataset(table.name)} as ${tableQuery(table)}`);
  }
}

/** Forget tables again, so that the next piece of work of a warm worker does not see them. */
export async function forgetTables(database: Database, tables: readonly InputTable[]): Promise<void> {
  for (const { name } of tables) await database.run(`drop view if exists ${quoteDataset(name)}`);
}

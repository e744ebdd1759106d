import { quoteDataset } from "../../sql/quote.ts";
import type { InputTable } from "../engine.ts";
import type { Database } from "./database.ts";
import { declareSchemas, type ReadableTable, tableQuery } from "./tables.ts";
import { declareViews } from "./views.ts";

/** Make tables known under their names, replacing what was known under them. What comes back forgets them again. */
export async function declareTables(
  database: Database,
  tables: readonly InputTable[],
): Promise<() => Promise<void>> {
  const views = await declareViews(database, database.connection, tables);
  const forget = (): Promise<void> =>
    database.undo(async () => {
      for (const { name } of tables)
        await database.connection.run(`drop view if exists ${quoteDataset(name)}`);
      await views.forget();
    });
  try {
    await declareSchemas(database.connection, tables);
    for (const table of tables)
      await database.run(
        `create or replace view ${quoteDataset(table.name)} as ${tableQuery(views.readable(table))}`,
      );
    return forget;
  } catch (error) {
    await forget().catch(() => undefined);
    throw error;
  }
}

/** Do some work while tables are known under their names; the next piece of work of a warm worker does not see them. */
export async function withTables<T>(
  database: Database,
  tables: readonly InputTable[],
  work: () => Promise<T>,
): Promise<T> {
  const forget = await declareTables(database, tables);
  try {
    return await work();
  } finally {
    await forget();
  }
}

/** Do some work on tables that may be views, which have no name there. */
export async function withReadable<T>(
  database: Database,
  tables: readonly InputTable[],
  work: (readable: <K extends InputTable>(table: K) => K & ReadableTable) => Promise<T>,
): Promise<T> {
  const views = await declareViews(database, database.connection, tables);
  try {
    return await work(views.readable);
  } finally {
    await database.undo(views.forget);
  }
}

import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";
import { SluiceError } from "../../errors.ts";
import type { InputTable } from "../engine.ts";
import type { Database } from "./database.ts";
import { engineFailure, machineFailure, plainWords } from "./engine-failure.ts";
import { tableQuery } from "./tables.ts";
import { type LargeInteger, nullable, readerOf } from "./values.ts";
import { type DeclaredViews, declareViews } from "./views.ts";

/** Chunks of an answer as they come, at most one in memory. */
export async function* chunksOf(result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield chunk;
  }
}

/** The same, with the next one asked for while one is worked on: at most two in memory. Whoever leaves waits for that one. */
export async function* chunksAhead(result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  const fetch = (): ReturnType<DuckDBResult["fetchChunk"]> => {
    const fetched = result.fetchChunk();
    // It may fail before anybody waits for it, and tells then.
    fetched.catch(() => undefined);
    return fetched;
  };
  let next = fetch();
  try {
    for (;;) {
      const chunk = await next;
      if (!chunk || chunk.rowCount === 0) return;
      next = fetch();
      yield chunk;
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/** The values of a chunk, column by column. */
export function columnValues(
  chunk: DuckDBDataChunk,
  result: DuckDBResult,
  large: (column: string) => LargeInteger,
): unknown[][] {
  return result.columnTypes().map((type, index) => {
    const read = nullable(readerOf(type, large(result.columnName(index))));
    return chunk.getColumnValues(index).map((value) => read(value));
  });
}

/**
 * Rows of a table as objects, streamed. Values are those that `t` documents. Errors: `build-failed` where a
 * whole number does not fit a `number`.
 */
export async function* rows(database: Database, table: InputTable): AsyncGenerator<Record<string, unknown>> {
  const connection: DuckDBConnection = await database.connect();
  let views: DeclaredViews | undefined;
  try {
    views = await declareViews(database, connection, [table]);
    const result = await connection.stream(tableQuery(views.readable(table)));
    const names = result.columnNames();
    for await (const chunk of chunksOf(result)) {
      const columns = columnValues(chunk, result, (column) => tooLarge(table.name, column));
      for (let row = 0; row < chunk.rowCount; row++) {
        const value: Record<string, unknown> = {};
        for (let column = 0; column < names.length; column++)
          value[names[column] ?? ""] = columns[column]?.[row];
        yield value;
      }
    }
  } catch (error) {
    const failure = engineFailure(error);
    if (!failure) throw error;
    throw (
      machineFailure(failure, `reading ${table.name}`, error) ??
      new SluiceError("build-failed", `${table.name} cannot be read: ${plainWords(failure)}`, {
        cause: error,
        hint: table.view
          ? "it is a view, and its query fails on the data there is: correct the query"
          : "sluice doctor --deep tells whether its files are as they were written",
      })
    );
  } finally {
    await views?.forget();
    connection.closeSync();
  }
}

function tooLarge(table: string, column: string): LargeInteger {
  return (value) => {
    throw new SluiceError(
      "build-failed",
      `${table}.${column} holds ${value}, which a number in TypeScript cannot hold exactly`,
      { hint: `declare the column as t.decimal(19, 0): its values are exact text` },
    );
  };
}

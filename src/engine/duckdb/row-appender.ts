import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";
import type { Database } from "./database.ts";

/** Rows of one vector of the engine. */
const chunkRows = 2048;

/** Rows from JavaScript into a temporary table, a vector at a time. */
export class RowAppender implements Disposable {
  readonly #appender: DuckDBAppender;
  readonly #types: readonly DuckDBType[];
  #columns: DuckDBValue[][];

  private constructor(appender: DuckDBAppender, types: readonly DuckDBType[]) {
    this.#appender = appender;
    this.#types = types;
    this.#columns = types.map(() => []);
  }

  /** `types` are those of all columns of the table, in order. */
  static async open(database: Database, table: string, types: readonly DuckDBType[]): Promise<RowAppender> {
    return new RowAppender(await database.connection.createAppender(table), types);
  }

  add(values: readonly DuckDBValue[]): void {
    for (const [index, column] of this.#columns.entries()) column.push(values[index] ?? null);
    if (this.#columns[0]?.length === chunkRows) this.#append();
  }

  /** Everything added is in the table. */
  flush(): void {
    this.#append();
    this.#appender.flushSync();
  }

  #append(): void {
    const rows = this.#columns[0]?.length ?? 0;
    if (rows === 0) return;
    const chunk = DuckDBDataChunk.create(this.#types, rows);
    chunk.setColumns(this.#columns);
    this.#appender.appendDataChunk(chunk);
    this.#columns = this.#types.map(() => []);
  }

  [Symbol.dispose](): void {
    this.#appender.closeSync();
  }
}

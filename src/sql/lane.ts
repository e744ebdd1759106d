import { DATE, type DuckDBConnection, DuckDBTypeId, StatementType, TIMESTAMP } from "@duckdb/node-api";
import { Batch } from "./batch.ts";
import type { BoundColumn } from "./binder.ts";
import { storedType } from "./engine-type.ts";

/** What the engine says against a query, which began behind `prefix` bytes of what it was given. */
export interface Refusal {
  readonly thrown: string;
  readonly prefix: number;
}

const describe = "describe ";

/** Bytes of the longest plan that is read. */
const longestPlan = 50_000_000;

const treeOf = (sql: string, from: string): string => `select json_serialize_sql(${sql}) ${from}`;

const planOf = (sql: string, from: string): string =>
  `select case when strlen(plan) <= ${longestPlan} then plan end from (
  select json_serialize_plan(${sql}, skip_null := true, skip_default := true)::varchar as plan ${from}
)`;

/** One connection, used for one thing at a time: what is asked of it while it works waits its turn. */
export class Lane {
  /** How much is waiting or being done. */
  busy = 0;
  readonly #connection: DuckDBConnection;
  readonly #trees: Batch;
  readonly #plans: Batch;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(connection: DuckDBConnection, trees: Batch, plans: Batch) {
    this.#connection = connection;
    this.#trees = trees;
    this.#plans = plans;
  }

  static async open(connection: DuckDBConnection): Promise<Lane> {
    const trees = await Batch.open(connection, treeOf);
    return new Lane(connection, trees, await Batch.open(connection, planOf));
  }

  /** What `read` makes of the engine's syntax tree of a query, or of its error, as JSON. */
  tree<T>(sql: string, read: (json: string) => T): Promise<T> {
    return this.#ask(this.#trees, sql, (json) => read(String(json)));
  }

  /** The same of the bound plan; undefined where that would be too long. */
  plan<T>(sql: string, read: (json: string | undefined) => T): Promise<T> {
    return this.#ask(this.#plans, sql, read);
  }

  /** Whether a type's text is one that a table can have. */
  isType(type: string): Promise<boolean> {
    return this.#inOrder(async () => {
      try {
        (await this.#connection.prepare(`select cast(null as ${type})`)).destroySync();
        return true;
      } catch {
        return false;
      }
    });
  }

  /** The columns a query produces, or what the engine says against it. */
  columns(sql: string): Promise<readonly BoundColumn[] | Refusal> {
    return this.#inOrder(async () => {
      // While a statement is prepared the types of its parameters are open: it is described with values.
      const open = sql.includes("$") || sql.includes("?");
      let prefix = 0;
      try {
        const columns = open ? undefined : await this.#prepare(sql);
        if (columns !== undefined) return columns;
        prefix = describe.length;
        return await this.#describe(sql);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return { thrown: error.message, prefix };
      }
    });
  }

  /** Resolves when all that was asked so far is done. */
  rest(): Promise<unknown> {
    return this.#last;
  }

  close(): void {
    this.#trees.close();
    this.#plans.close();
    this.#connection.closeSync();
  }

  /** The quick way; undefined where it does not tell everything. */
  async #prepare(sql: string): Promise<readonly BoundColumn[] | undefined> {
    const statement = await this.#connection.prepare(sql);
    try {
      // What is not a query must fail as one, and describing it does.
      if (statement.statementType !== StatementType.SELECT) return undefined;
      if (statement.columnCount > fewColumns) return undefined;
      const columns: BoundColumn[] = [];
      for (let index = 0; index < statement.columnCount; index++) {
        if (nestedTypes.has(statement.columnTypeId(index))) return undefined;
        const engineType = storedType(statement.columnType(index).toString());
        columns.push({ name: statement.columnName(index), engineType });
      }
      return columns;
    } finally {
      statement.destroySync();
    }
  }

  /** The engine's own words for the types, with values for the parameters. */
  async #describe(sql: string): Promise<readonly BoundColumn[]> {
    const statement = await this.#connection.prepare(describe + sql);
    try {
      for (let index = 1; index <= statement.parameterCount; index++) {
        const isDate = statement.parameterName(index) === "run_date";
        if (isDate) statement.bindDate(index, DATE.epoch);
        else statement.bindTimestamp(index, TIMESTAMP.epoch);
      }
      const rows = (await statement.runAndReadAll()).getRows();
      return rows.map((row) => ({ name: String(row[0]), engineType: storedType(String(row[1])) }));
    } finally {
      statement.destroySync();
    }
  }

  /** Every question has its turn; one that was answered with those before it has nothing left to do. */
  #ask<T>(batch: Batch, sql: string, read: (answer: string | undefined) => T): Promise<T> {
    const answer = batch.ask(sql, read);
    void this.#inOrder(() => batch.answer());
    return answer;
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    this.busy += 1;
    const result = this.#last.then(work).finally(() => {
      this.busy -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Asking a prepared statement for its columns one by one takes time that grows with the square of their number. */
const fewColumns = 100;

/** Types whose text the library spells in another way than the engine. */
const nestedTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.LIST,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.UNION,
  DuckDBTypeId.ENUM,
]);

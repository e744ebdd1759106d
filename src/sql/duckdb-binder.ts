import {
  DATE,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  TIMESTAMP,
  version,
} from "@duckdb/node-api";
import { readBindError } from "./bind-error.ts";
import type { Binder, BoundColumn, Outcome, ParsedQuery, SqlProblem } from "./binder.ts";
import { storedType } from "./engine-type.ts";
import { Hermetic } from "./hermetic.ts";
import { type AliasedReference, readOutputs, readTree } from "./parse.ts";
import { quoteDataset, quoteName } from "./quote.ts";
import { scanSql } from "./scan-sql.ts";

/**
 * Open an in-memory engine that knows nothing but what it is told by `declare`: no files, no network, no
 * settings. Calls may overlap; they are answered in order.
 */
export async function openBinder(): Promise<Binder> {
  const instance = await DuckDBInstance.create(":memory:", {
    enable_external_access: "false",
    errors_as_json: "true",
    threads: "1",
  });
  const connection = await instance.connect();
  const hermetic = new Hermetic(await readUnstableFunctions(connection));
  await connection.run("set TimeZone = 'UTC'; set lock_configuration = true");
  const serialize = await connection.prepare("select json_serialize_sql($1::varchar)");
  return new DuckDBBinder(instance, connection, serialize, hermetic);
}

/** What the engine would misunderstand: it takes a NUL for the end, and nothing for a wish to see all tables. */
function refuse(sql: string): SqlProblem | undefined {
  const position = sql.indexOf("\0");
  if (position >= 0) {
    return { code: "sql-syntax", message: "there is a NUL character in the query", position, length: 1 };
  }
  if (scanSql(sql).next().done === true) return { code: "sql-not-a-query", message: "there is no query" };
  return undefined;
}

async function readUnstableFunctions(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    "select distinct function_name from duckdb_functions() where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
  );
  return reader.getRows().map((row) => String(row[0]));
}

const describe = "describe ";

class DuckDBBinder implements Binder {
  readonly engineVersion = version().replace(/^v?(\d+\.\d+).*$/, "$1");
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #serialize: DuckDBPreparedStatement;
  readonly #hermetic: Hermetic;
  readonly #schemas = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  /** Statements that make datasets known, kept until something is bound: one trip for all of them. */
  #pending: string[] = [];

  constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    serialize: DuckDBPreparedStatement,
    hermetic: Hermetic,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#serialize = serialize;
    this.#hermetic = hermetic;
  }

  async parse(sql: string): Promise<Outcome<ParsedQuery>> {
    const refused = refuse(sql);
    if (refused !== undefined) return { ok: false, problems: [refused] };
    return readTree(sql, await this.#tree(sql), this.#hermetic);
  }

  declare(dataset: string, columns: readonly BoundColumn[]): Promise<void> {
    const schema = dataset.slice(0, dataset.indexOf("."));
    if (!this.#schemas.has(schema)) {
      this.#schemas.add(schema);
      this.#pending.push(`create schema if not exists ${quoteName(schema)}`);
    }
    const list = columns.map((column) => `${quoteName(column.name)} ${column.engineType}`).join(", ");
    this.#pending.push(`create or replace table ${quoteDataset(dataset)} (${list})`);
    return Promise.resolve();
  }

  async bind(sql: string): Promise<Outcome<readonly BoundColumn[]>> {
    const refused = refuse(sql);
    if (refused !== undefined) return { ok: false, problems: [refused] };
    const answer = await this.#inOrder(async () => {
      if (this.#pending.length > 0) await this.#connection.run(this.#pending.splice(0).join(";\n"));
      return this.#describe(sql);
    });
    if (typeof answer === "string") {
      const references = await this.#references(sql);
      return { ok: false, problems: [readBindError(sql, answer, describe.length, references)] };
    }
    const problems = await this.#duplicates(sql, answer);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: answer };
  }

  close(): void {
    this.#serialize.destroySync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** One statement at a time: a connection is not to be used twice at once. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #tree(sql: string): Promise<string> {
    return this.#inOrder(async () => {
      this.#serialize.bindVarchar(1, sql);
      return String((await this.#serialize.runAndReadAll()).getRows()[0]?.[0]);
    });
  }

  /** The columns, or what the engine says against the query. */
  async #describe(sql: string): Promise<readonly BoundColumn[] | string> {
    try {
      // Described, not prepared: while a statement is prepared the types of its parameters are open.
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
    } catch (error) {
      if (error instanceof Error) return error.message;
      throw error;
    }
  }

  async #references(sql: string): Promise<readonly AliasedReference[]> {
    const parsed = await this.parse(sql);
    return parsed.ok ? (parsed.value.references as readonly AliasedReference[]) : [];
  }

  /** A table cannot have two columns of one name, whatever their letter case. */
  async #duplicates(sql: string, columns: readonly BoundColumn[]): Promise<SqlProblem[]> {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { name } of columns) (seen.has(name.toLowerCase()) ? twice : seen).add(name.toLowerCase());
    if (twice.size === 0) return [];
    const outputs = readOutputs(sql, await this.#tree(sql));
    return [...twice].map((name) => {
      const position = outputs.findLast((output) => output.name.toLowerCase() === name)?.position;
      return {
        code: "sql-bind" as const,
        message: `two columns are called "${name}"`,
        hint: 'give one another name with "as", or leave it out with "exclude"',
        ...(position === undefined ? {} : { position, length: name.length }),
      };
    });
  }
}

/** A real engine in which queries are run over tables that change. */
import { DATE, type DuckDBConnection, DuckDBInstance, type Json, TIMESTAMP } from "@duckdb/node-api";
import { quoteName } from "../../src/sql/quote.ts";
import type { Table } from "./tables.ts";
import { tableSql } from "./tables.ts";

/** What a query answered, by column: its name, and its values as one text that does not tell their order. */
export interface Answer {
  readonly names: readonly string[];
  readonly columns: readonly string[];
  readonly rows: number;
}

export class World {
  #instance: DuckDBInstance;
  #connection: DuckDBConnection;
  /** What is loaded, by name. */
  readonly #tables = new Map<string, Table>();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<World> {
    const [instance, connection] = await openEngine();
    return new World(instance, connection);
  }

  /** Make tables what they are here, replacing what had their names. */
  async load(tables: readonly Table[]): Promise<void> {
    const isKnown = new Set([...this.#tables.keys()].map(schemaOf));
    const schemas = new Set(
      tables.map(({ name }) => schemaOf(name)).filter((schema) => !isKnown.has(schema)),
    );
    const created = [...schemas].map((schema) => `create schema if not exists ${quoteName(schema)};`);
    for (const table of tables) this.#tables.set(table.name, table);
    await this.#connection.run([...created, ...tables.map(tableSql)].join("\n"));
  }

  /** The query's answer, or undefined where the engine refuses it for its data. */
  async ask(sql: string): Promise<Answer | undefined> {
    try {
      const statement = await this.#connection.prepare(sql);
      try {
        for (let index = 1; index <= statement.parameterCount; index++) {
          if (statement.parameterName(index) === "run_date") statement.bindDate(index, DATE.epoch);
          else statement.bindTimestamp(index, TIMESTAMP.epoch);
        }
        const reader = await statement.runAndReadAll();
        const columns = reader.getColumnsJson().map(asBag);
        return { names: reader.columnNames(), columns, rows: reader.currentRowCount };
      } finally {
        statement.destroySync();
      }
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
      if (/^(?:FATAL|INTERNAL)/.test(this.refusal)) await this.#restart();
      return undefined;
    }
  }

  /** After a mistake of its own the engine answers nothing any more, until it is started anew. */
  async #restart(): Promise<void> {
    this.close();
    [this.#instance, this.#connection] = await openEngine();
    const tables = [...this.#tables.values()];
    this.#tables.clear();
    await this.load(tables);
  }

  /** Why the last question had no answer. */
  refusal = "";

  /** The same question to an engine that does exactly what the query says, in that order. */
  async askPlainly(sql: string): Promise<Answer | undefined> {
    await this.#connection.run("pragma disable_optimizer");
    try {
      return await this.ask(sql);
    } finally {
      await this.#connection.run("pragma enable_optimizer");
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

async function openEngine(): Promise<[DuckDBInstance, DuckDBConnection]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run("set global TimeZone = 'UTC'");
  return [instance, connection];
}

const schemaOf = (name: string): string => name.slice(0, name.indexOf("."));

const asBag = (values: readonly Json[]): string =>
  values
    .map((value) => JSON.stringify(value, rounded))
    .toSorted()
    .join("\n");

/** Sums of numbers with a point may differ in their last digits when rows come in another order. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(9)) : value;

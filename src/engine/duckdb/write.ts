import { BIGINT, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, VARCHAR } from "@duckdb/node-api";
import { SluiceError } from "../../errors.ts";
import { didYouMean } from "../../graph/nearest-name.ts";
import type { TableColumn } from "../../graph/table-column.ts";
import { quoteName } from "../../sql/quote.ts";
import type { WrittenFile } from "../engine.ts";
import { type Cast, castText } from "./casts.ts";
import type { Database } from "./database.ts";
import { inWords, plainWords } from "./engine-failure.ts";
import { RowAppender } from "./row-appender.ts";
import { writeParquet } from "./write-parquet.ts";

/** How values of one column travel into the engine, and become what they are there. */
interface Transport {
  readonly column: TableColumn;
  readonly type: DuckDBType;
  /** What a value must be, in words. */
  readonly expected: string;
  /** The value to hand over; undefined where it is of another kind. */
  readonly pack: (value: unknown) => DuckDBValue | undefined;
  readonly unpack: (sql: string) => Cast;
}

const staging = "sluice_written";

/**
 * Write rows made in JavaScript to one Parquet file, strictly: a value of the wrong kind names its row and
 * column. A value that is missing is null. Errors: `build-failed`, `disk-full`.
 */
export async function write(
  database: Database,
  rows: AsyncIterable<Record<string, unknown>> | Iterable<Record<string, unknown>>,
  columns: readonly TableColumn[],
  output: string,
): Promise<WrittenFile> {
  const transports = columns.map(transportOf);
  const shape = transports.map(({ type }, index) => `c${index} ${type.toString()}`).join(", ");
  const failed = (message: string, cause: unknown): SluiceError =>
    new SluiceError("build-failed", `rows could not be written: ${message}`, { cause });
  return inWords(
    "writing rows",
    async () => {
      await database.run(`create or replace temp table ${staging} (${shape})`);
      try {
        await collect(database, rows, transports);
        await refuseMisreadText(database, transports);
        const values = transports.map(
          ({ column, unpack }, index) => `${unpack(`c${index}`).value} as ${quoteName(column.name)}`,
        );
        return await writeParquet(database, `select ${values.join(", ")} from ${staging}`, columns, output);
      } finally {
        await database.run(`drop table if exists ${staging}`);
      }
    },
    (failure, cause) => failed(plainWords(failure), cause),
  );
}

async function collect(
  database: Database,
  rows: AsyncIterable<Record<string, unknown>> | Iterable<Record<string, unknown>>,
  transports: readonly Transport[],
): Promise<void> {
  using appender = await RowAppender.open(
    database,
    staging,
    transports.map(({ type }) => type),
  );
  const names = new Set(transports.map(({ column }) => column.name));
  let number = 0;
  for await (const row of rows) {
    number += 1;
    if (number % 1000 === 0) database.refuseInterrupted();
    if (typeof row !== "object" || row === null) throw wrong(number, `is ${kindOf(row)}, not an object`);
    for (const name of Object.keys(row)) {
      if (!names.has(name)) throw unknownColumn(number, name, names);
    }
    appender.add(transports.map((transport) => packed(transport, row, number)));
  }
  appender.flush();
}

function packed(transport: Transport, row: Record<string, unknown>, number: number): DuckDBValue {
  const { name } = transport.column;
  const value = Object.hasOwn(row, name) ? row[name] : null;
  if (value === null || value === undefined) return null;
  const result = transport.pack(value);
  if (result === undefined) throw misfit(number, name, kindOf(value), transport.expected);
  return result;
}

const wrong = (number: number, what: string, details: readonly string[] = []): SluiceError =>
  new SluiceError("build-failed", `row ${number} ${what}`, {
    details,
    hint: "the rows function has to yield what its columns declare",
  });

/** The value itself is a detail: it may be somebody's. */
const misfit = (number: number, column: string, value: string, expected: string): SluiceError =>
  wrong(number, `has something else in "${column}" than ${expected}`, [`it has ${value}`]);

function unknownColumn(number: number, name: string, names: Iterable<string>): SluiceError {
  const hint = didYouMean(name, names) ?? `columns are ${[...names].join(", ")}`;
  return new SluiceError("build-failed", `row ${number} has "${name}", which is not a column`, { hint });
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  if (typeof value === "number") return Number.isFinite(value) ? `the number ${value}` : String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Text that stands for a date, an instant, a decimal or JSON and is none: name the first row. */
async function refuseMisreadText(database: Database, transports: readonly Transport[]): Promise<void> {
  const checked = transports.flatMap((transport, index) =>
    transport.type === VARCHAR && transport.column.engineType !== "VARCHAR"
      ? [{ transport, sql: `c${index}` }]
      : [],
  );
  if (checked.length === 0) return;
  const firsts = checked.map(
    ({ transport, sql }) =>
      `min(case when ${sql} is not null and ${misread(transport.unpack(sql))} then rowid end) as f_${sql}`,
  );
  const answer = await database.one<Record<string, bigint | null>>(
    `select ${firsts.join(", ")} from ${staging}`,
  );
  for (const { transport, sql } of checked) {
    const row = answer[`f_${sql}`];
    if (row === null || row === undefined) continue;
    const { text } = await database.one<{ text: string }>(
      `select ${sql} as text from ${staging} where rowid = ${row}`,
    );
    throw misfit(Number(row) + 1, transport.column.name, JSON.stringify(text), transport.expected);
  }
}

const misread = ({ value, holds }: Cast): string =>
  holds ? `(${value} is null or (${holds(`(${value})`)}) is not true)` : `${value} is null`;

const asIs = (sql: string): Cast => ({ value: sql, holds: undefined });

function transportOf(column: TableColumn): Transport {
  const type = column.engineType;
  const text = (expected: string, unpack: (sql: string) => Cast): Transport => ({
    column,
    type: VARCHAR,
    expected,
    pack: (value) => (typeof value === "string" ? value : undefined),
    unpack,
  });
  if (type === "VARCHAR") return text("text", asIs);
  if (type === "BOOLEAN") {
    const pack = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
    return { column, type: BOOLEAN, expected: "true or false", pack, unpack: asIs };
  }
  if (type === "DOUBLE") {
    const pack = (value: unknown): number | undefined =>
      typeof value === "number" && Number.isFinite(value) ? value : undefined;
    return { column, type: DOUBLE, expected: "a finite number", pack, unpack: asIs };
  }
  if (type === "BIGINT") {
    return { column, type: BIGINT, expected: "a whole number", pack: packInteger, unpack: asIs };
  }
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal) {
    const size = { type: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) } as const;
    return text(`text of a ${type.toLowerCase()}`, (sql) => castText(sql, size));
  }
  if (type === "DATE") return text("a date as text (YYYY-MM-DD)", (sql) => castText(sql, { type: "date" }));
  if (type === "TIMESTAMP") {
    return text("an instant as ISO 8601 text", (sql) => castText(sql, { type: "timestamp" }));
  }
  if (type === "JSON") return text("JSON as text", (sql) => castText(sql, { type: "json" }));
  return text(`text of a ${type.toLowerCase()}`, (sql) => asIs(`try_cast(${sql} as ${type})`));
}

function packInteger(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value ? value : undefined;
}

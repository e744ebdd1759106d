import { dateValue, type DuckDBValue, timestampValue } from "@duckdb/node-api";
import { SluiceError } from "../../errors.ts";
import { quoteName } from "../../sql/quote.ts";
import { findParameter, trimQuery } from "../../sql/scan-sql.ts";
import type { BuildRequest, WrittenFile } from "../engine.ts";
import { asKept, lossyInterval } from "./as-kept.ts";
import type { Database } from "./database.ts";
import { type EngineFailure, inWords, plainWords } from "./engine-failure.ts";
import { withTables } from "./with-tables.ts";
import { writeParquet } from "./write-parquet.ts";

/** Run one query over its inputs and write what it answers. Errors: `build-failed`, `disk-full`. */
export async function build(database: Database, request: BuildRequest): Promise<WrittenFile> {
  const sql = trimQuery(request.sql);
  const casts = request.columns.map((column) => `${asKept(column)} as ${quoteName(column.name)}`);
  const values = parameterValues(sql, request.parameters);
  return inWords(
    "the build",
    () =>
      withTables(database, request.inputs, async () => {
        // The new line ends a comment that the query may end with.
        const query = `select ${casts.join(", ")} from (${sql}\n)`;
        return await writeParquet(database, query, request.columns, request.output, values);
      }),
    buildFailed,
  );
}

/** Only the parameters that the query uses: the engine refuses others. */
function parameterValues(
  sql: string,
  parameters: Readonly<Record<string, string>>,
): Record<string, DuckDBValue> {
  const used = Object.entries(parameters).filter(([name]) => findParameter(sql, name));
  return Object.fromEntries(used.map(([name, text]) => [name, typedValue(name, text)]));
}

const millisecondsPerDay = 86_400_000;

/** Text without an offset is UTC, as everywhere. */
function typedValue(name: string, text: string): DuckDBValue {
  const bare = /^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(text);
  const milliseconds = Date.parse(bare ? `${text.replace(" ", "T")}Z` : text);
  if (Number.isNaN(milliseconds)) throw new Error(`parameter ${name} is not a time: ${text}`);
  return name === "run_date"
    ? dateValue(Math.floor(milliseconds / millisecondsPerDay))
    : timestampValue(BigInt(milliseconds) * 1000n);
}

/** The error for a query that the engine gave up. What it says of values is a detail: it may be somebody's data. */
export function buildFailed(failure: EngineFailure, cause: unknown): SluiceError {
  const words = plainWords(failure);
  if (words === lossyInterval)
    return new SluiceError("build-failed", `the query has ${lossyInterval}: no file can keep it`, {
      cause,
      hint: "keep a number: epoch(…) gives its seconds, epoch_us(…) its microseconds",
    });
  const hint = hints[failure.kind];
  return hint === undefined
    ? new SluiceError("build-failed", `the query failed: ${words}`, { cause })
    : new SluiceError("build-failed", "the query failed on a value", { cause, hint, details: [words] });
}

const hints: Readonly<Record<string, string>> = {
  Conversion: "try_cast gives null where a value does not convert",
  "Out of Range": "cast to a larger type first, such as decimal(38, 0) or double",
  "Invalid Input": "try(…) around the expression gives null where it fails",
};

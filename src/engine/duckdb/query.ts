import { type DuckDBPreparedStatement, type DuckDBResult, StatementType } from "@duckdb/node-api";
import { renderFrame } from "./query-frame.ts";
import { SluiceError } from "../../errors.ts";
import { quoteText } from "../../sql/quote.ts";
import { readBindError } from "../../sql/bind-error.ts";
import { scanSql } from "../../sql/scan-sql.ts";
import type { InputTable, QueryResult } from "../engine.ts";
import { type Database, openDatabase } from "./database.ts";
import { engineFailure, isOwnMistake, plainWords } from "./engine-failure.ts";
import { escapePath } from "./paths.ts";
import { chunksOf, columnValues } from "./rows.ts";
import { declareTables } from "./with-tables.ts";
import { pathsOf } from "./tables.ts";
import { tablesWithin } from "./views.ts";

interface Limits {
  readonly memory: number;
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/**
 * Answer SQL typed by people, in an engine of its own that sees the given tables and nothing else: no other
 * file, no network, no settings, nowhere to spill. Errors: `bad-query`, `query-limit`, `interrupted`.
 */
export async function query(
  sql: string,
  tables: readonly InputTable[],
  limits: Limits,
): Promise<QueryResult> {
  refuseUnreadable(sql);
  const database = await openDatabase({ memory: limits.memory, threads: limits.threads });
  let saying: NodeJS.Timeout | undefined;
  const stop = (): void => {
    database.connection.interrupt();
    // Said again until the query ends: one that is only about to begin does not hear it.
    saying ??= setInterval(stop, 50);
  };
  limits.signal?.addEventListener("abort", stop);
  const close = async (): Promise<void> => {
    limits.signal?.removeEventListener("abort", stop);
    clearInterval(saying);
    await database[Symbol.asyncDispose]();
  };
  try {
    await shutIn(database, tables);
    const statement = await prepare(database, sql);
    refuseStopped(limits.signal);
    const result = await statement.stream();
    return {
      columns: result
        .columnNames()
        .map((name, index) => ({ name, engineType: String(result.columnType(index)) })),
      rows: chunkRows(result, sql, tables, limits.signal, close),
    };
  } catch (error) {
    await close();
    throw inWords(error, sql, tables, limits.signal);
  }
}

/** What the engine would misunderstand: it takes a NUL for the end, and nothing for a statement that answers nothing. */
function refuseUnreadable(sql: string): void {
  if (sql.includes("\0")) throw badQuery("there is a NUL character in the query", "take it out");
  if (scanSql(sql).next().done === true)
    throw badQuery("there is no query", 'ask one, such as "from raw.orders"');
}

const badQuery = (message: string, hint: string): SluiceError =>
  new SluiceError("bad-query", message, { hint });

/** Make the tables known, then close the door: from here on only their files can be read. */
async function shutIn(database: Database, tables: readonly InputTable[]): Promise<void> {
  await declareTables(database, tables);
  // Both the file and the pattern that means it: the engine asks for one when binding, for the other when reading.
  const files = tablesWithin(tables).flatMap(pathsOf);
  const paths = new Set(files.flatMap((file) => [file, escapePath(file)]));
  await database.run(`set allowed_paths = [${[...paths].map(quoteText).join(", ")}]`);
  await database.run("set enable_external_access = false");
  await database.run("set lock_configuration = true");
}

async function prepare(database: Database, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await database.connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw /\bpivot\b/i.test(sql)
      ? badQuery("PIVOT has to say its values here", "list them: PIVOT … ON column IN ('a', 'b') USING …")
      : badQuery(
          `one query at a time, not ${statements.count}`,
          "ask them one by one, or join them with WITH",
        );
  }
  const statement = await statements.prepare(0);
  if (statement.statementType !== StatementType.SELECT) {
    throw badQuery(
      `only SELECT can be asked here, not ${StatementType[statement.statementType]}`,
      "datasets change by models and sources: write a model, then sluice run",
    );
  }
  if (statement.parameterCount > 0) {
    throw badQuery(`the query has a parameter, $${statement.parameterName(1)}`, "write the value itself");
  }
  return statement;
}

async function* chunkRows(
  result: DuckDBResult,
  sql: string,
  tables: readonly InputTable[],
  signal: AbortSignal | undefined,
  close: () => Promise<void>,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  try {
    for await (const chunk of chunksOf(result)) {
      refuseStopped(signal);
      const columns = columnValues(chunk, result, () => (value) => value);
      yield Array.from({ length: chunk.rowCount }, (_, row) => columns.map((column) => column[row]));
    }
    // An interrupted stream ends as if it were complete.
    refuseStopped(signal);
  } catch (error) {
    throw inWords(error, sql, tables, signal);
  } finally {
    await close();
  }
}

const refuseStopped = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted)
    throw new SluiceError("interrupted", "the query was stopped", { hint: "ask it again" });
};

/** An error of the engine as one about the query, with the place in it where that is known. */
function inWords(
  error: unknown,
  sql: string,
  tables: readonly InputTable[],
  signal: AbortSignal | undefined,
): unknown {
  const failure = engineFailure(error);
  if (!failure || !(error instanceof Error)) return error;
  if (failure.kind === "INTERRUPT" || signal?.aborted) {
    return new SluiceError("interrupted", "the query was stopped", { hint: "ask it again", cause: error });
  }
  if (failure.kind === "Out of Memory") {
    return new SluiceError("query-limit", "the query needs more memory than it may use", {
      hint: "ask for less: filter first, group by fewer columns, leave out ORDER BY or add LIMIT",
      cause: error,
    });
  }
  if (failure.kind === "Permission") {
    const [words] = plainWords(failure).split(" - file system operations");
    return new SluiceError("bad-query", `a query sees datasets only: ${lowerFirst(words ?? "")}`, {
      hint: "declare a source that reads it, and select from the source",
      cause: error,
    });
  }
  if (isOwnMistake(failure)) return badQuery(plainWords(failure), "ask for it in other words");
  const damaged = tablesWithin(tables).find((table) =>
    pathsOf(table).some((file) => failure.message.includes(file)),
  );
  if (damaged) {
    return new SluiceError(
      "storage-damaged",
      `a stored file of ${damaged.name} cannot be read: ${plainWords(failure)}`,
      {
        hint: "restore it from a backup, or let the next run build it anew: sluice doctor --deep --repair; until then: sluice rollback",
        cause: error,
      },
    );
  }
  const problem = readBindError(sql, { thrown: error.message, prefix: 0 }, []);
  const names = tables.map(({ name }) => name);
  const hint =
    problem.hint ??
    (problem.code === "unknown-dataset"
      ? `sluice ls lists what there is${names.length > 0 ? `; the query found ${names.join(", ")}` : ""}`
      : "correct the query, and ask again");
  return new SluiceError("bad-query", problem.message, {
    hint,
    details: renderFrame(sql, problem),
    cause: error,
  });
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

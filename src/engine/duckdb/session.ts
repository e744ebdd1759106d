import type { EngineSession, SessionOptions } from "../engine.ts";
import { ask } from "./ask.ts";
import { build } from "./build.ts";
import { compareTables } from "./compare-tables.ts";
import { openDatabase } from "./database.ts";
import { explainOwnMistake } from "./engine-failure.ts";
import { ingest } from "./ingest.ts";
import { buildIntervals } from "./intervals.ts";
import { rewrite, rowsFrom } from "./rewrite.ts";
import { rows } from "./rows.ts";
import { sample } from "./sample.ts";
import { sameColumns } from "./same-columns.ts";
import { sameRows } from "./same-rows.ts";
import { survey } from "./survey.ts";
import { withReadable } from "./with-tables.ts";
import { upsert } from "./upsert.ts";
import { write } from "./write.ts";

/** A warm engine for one worker. It is asked one thing at a time; only `rows` may be read while `write` writes. */
export async function openSession(options: SessionOptions): Promise<EngineSession> {
  const database = await openDatabase(options);
  return {
    ingest: (request) => ingest(database.begin(), request),
    expect: (bytes) => database.expect(bytes),
    build: (request) => database.begin().hurrying(() => build(database, request)),
    survey: (request) => survey(database.begin(), request),
    buildIntervals: (request) => buildIntervals(database.begin(), request),
    upsert: (request) => upsert(database.begin(), request),
    write: (values, columns, output) => write(database.begin(), values, columns, output),
    rewrite: (files, without, column, output) => rewrite(database.begin(), files, without, column, output),
    ask: (table, questions, others, before, known) =>
      database.begin().hurrying(() => ask(database, table, questions, others, before, known)),
    rowsFrom: (file, landingFiles) => rowsFrom(database.begin(), file, landingFiles),
    sample: (request) => sample(database.begin(), request),
    sameRows: (a, b) =>
      withReadable(database.begin(), [a, b], (readable) => sameRows(database, readable(a), readable(b))),
    sameColumns: (a, b, columns, by) =>
      withReadable(database.begin(), [a, b], (readable) =>
        sameColumns(database, readable(a), readable(b), columns, by),
      ),
    compare: (request) =>
      withReadable(database.begin(), [request.a, request.b], (readable) =>
        compareTables(database, { ...request, a: readable(request.a), b: readable(request.b) }),
      ),
    rows: (table) => rows(database, table),
    isUsable: () => database.isUsable(),
    explain: explainOwnMistake,
    interrupt: () => database.interrupt(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

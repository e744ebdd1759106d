import { SluiceError } from "../../errors.ts";
import type { Span } from "../../graph/intervals.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import { sourceFileColumn, type Survey, type SurveyRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { inWords, plainWords } from "./engine-failure.ts";
import { intervalNumber, roughlyWithin } from "./interval-number.ts";
import { parquetScan, type ReadableTable, tableQuery } from "./tables.ts";
import { withReadable } from "./with-tables.ts";

/** In which intervals a table has rows. Errors: `build-failed`. */
export async function survey(database: Database, request: SurveyRequest): Promise<Survey> {
  const { table, time, gone } = request;
  return inWords(
    "looking at times",
    () =>
      withReadable(database, [table], (readable) =>
        gone === undefined
          ? surveyRows(database, request, tableQuery(readable(table)))
          : surveyGone(database, request, readable(table), gone),
      ),
    (failure, cause) =>
      new SluiceError("build-failed", `the times in "${time}" could not be read`, {
        cause,
        details: [plainWords(failure)],
      }),
  );
}

/** In which intervals the rows of a query are. */
async function surveyRows(
  database: Database,
  { time, grain }: SurveyRequest,
  query: string,
): Promise<Survey> {
  const rows = await database.all<{ number: bigint | null; many: bigint }>(
    `select ${intervalNumber(grain, quoteName(time))} as number, count(*) as many from (${query}) group by all order by 1`,
  );
  const timed = rows.filter(({ number }) => number !== null);
  const without = rows.find(({ number }) => number === null)?.many ?? 0n;
  return {
    intervals: timed.map(({ number }) => Number(number)),
    counts: timed.map(({ many }) => Number(many)),
    without: Number(without),
  };
}

/** Where rows went, and which rows are left there: the engine passes over what lies elsewhere without reading it. */
async function surveyGone(
  database: Database,
  request: SurveyRequest,
  table: ReadableTable,
  gone: readonly string[],
): Promise<Survey> {
  const { time, grain } = request;
  const names = gone.map(quoteText).join(", ");
  const went = await surveyRows(
    database,
    request,
    `select ${quoteName(time)} from ${parquetScan(table.files)} where ${quoteName(sourceFileColumn)} in (${names})`,
  );
  const reach: Span = [went.intervals.at(0) ?? 0, (went.intervals.at(-1) ?? -1) + 1];
  const engineType = table.columns.find(({ name }) => name === time)?.engineType ?? "TIMESTAMP";
  const rough = roughlyWithin(grain, { column: quoteName(time), engineType }, reach);
  const left = await surveyRows(database, request, `select * from (${tableQuery(table)}) where ${rough}`);
  return { ...left, without: left.without + went.without, gone: went.intervals };
}

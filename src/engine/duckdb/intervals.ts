import { SluiceError } from "../../errors.ts";
import { intervalText, type Span } from "../../graph/intervals.ts";
import { quoteDataset, quoteName } from "../../sql/quote.ts";
import { trimQuery } from "../../sql/scan-sql.ts";
import type { InputTable, IntervalFile, IntervalRun, IntervalsRequest } from "../engine.ts";
import { asKept } from "./as-kept.ts";
import { buildFailed } from "./build.ts";
import type { Database } from "./database.ts";
import { inWords } from "./engine-failure.ts";
import { intervalNumber, roughlyWithin } from "./interval-number.ts";
import { declareSchemas, parquetScan, type ReadableTable, tableQuery } from "./tables.ts";
import { withReadable, withTables } from "./with-tables.ts";
import { writeParquet } from "./write-parquet.ts";

const results = "sluice_results";

/** From so many intervals on, it is worth asking whether one query answers for all of them. */
const worthAsking = 4;

/**
 * Run a query once for each interval, over the rows of its inputs that the interval sees, and write what belongs to
 * it. Errors: `build-failed` when rows belong to none, `disk-full`.
 */
export async function buildIntervals(
  database: Database,
  request: IntervalsRequest,
): Promise<readonly IntervalFile[]> {
  const number = freeName("sluice_interval", request);
  const timed = request.inputs.filter(({ name }) => request.times[name] !== undefined);
  const others = request.inputs.filter(({ name }) => request.times[name] === undefined);
  return inWords(
    "the build",
    () =>
      withTables(database, others, () =>
        withReadable(database, timed, async (readable) => {
          try {
            const loaded = await declareTimed(database, request, timed.map(readable), number);
            return await buildRuns(database, request, number, await isAtOnce(database, request, loaded));
          } finally {
            await forget(database, timed);
          }
        }),
      ),
    buildFailed,
  );
}

/** Most runs build an interval or two, and need none of what reads plans. */
async function isAtOnce(
  database: Database,
  request: IntervalsRequest,
  loaded: Awaited<ReturnType<typeof declareTimed>>,
): Promise<boolean> {
  const many = request.runs.reduce((sum, { intervals }) => sum + intervals.length, 0) >= worthAsking;
  return many && (await import("./interval-batch.ts")).canBatch(database, request, loaded);
}

async function buildRuns(
  database: Database,
  request: IntervalsRequest,
  number: string,
  atOnce: boolean,
): Promise<IntervalFile[]> {
  const columns = request.columns.map((c) => `${quoteName(c.name)} ${c.engineType}`);
  await database.run(`create or replace temp table ${results} (${columns.join(", ")}, ${number} bigint)`);
  const wanted = request.runs.flatMap(({ intervals }) => intervals);
  if (atOnce) await evaluateAll(database, request, wanted);
  else for (const interval of wanted) await evaluate(database, request, interval);
  await refuseLost(database, request, number);
  const files: IntervalFile[] = [];
  for (const [index, run] of request.runs.entries())
    files.push(...(await writeRun(database, request, number, run, index)));
  return files;
}

/** A name that no column has. */
function freeName(wish: string, { inputs, columns }: IntervalsRequest): string {
  const taken = new Set(
    [...columns, ...inputs.flatMap((table) => table.columns)].map(({ name }) => name.toLowerCase()),
  );
  let name = wish;
  while (taken.has(name)) name += "_";
  return name;
}

/** Make the inputs with times known: each shows the rows that the intervals at hand see. Tells what was loaded. */
async function declareTimed(
  database: Database,
  request: IntervalsRequest,
  tables: readonly ReadableTable[],
  number: string,
): Promise<readonly { readonly table: string; readonly time: string }[]> {
  const wanted = request.runs.flatMap(({ intervals }) => intervals);
  const none = wanted.length === 0;
  const reach: Span = none ? [0, 0] : [Math.min(...wanted) - request.lookback, Math.max(...wanted) + 1];
  const many = wanted.length > 1;
  await declareSchemas(database.connection, tables);
  for (const [index, table] of tables.entries()) {
    const rows = rowsOfReach(request, table, reach, number);
    const loaded = `temp.${loadedName(index)}`;
    // Of intervals that see no other, none but their rows.
    const seen = request.lookback > 0 ? "" : ` where ${number} in (${wanted.join(", ")})`;
    // Many intervals of one table: read once, in their order, so that each finds its rows in one place.
    if (many)
      await database.run(
        `create or replace temp table ${loaded} as select * from (${rows})${seen} order by ${number}`,
      );
    const names = table.columns.map(({ name }) => quoteName(name)).join(", ");
    await database.run(
      `create or replace view ${quoteDataset(table.name)} as select ${names} from ${many ? loaded : `(${rows})`}
      where ${number} >= getvariable('sluice_from') and ${number} < getvariable('sluice_to')`,
    );
  }
  return many
    ? tables.map(({ name }, index) => ({ table: loadedName(index), time: request.times[name] ?? "" }))
    : [];
}

const loadedName = (index: number): string => `sluice_input_${index}`;

function rowsOfReach(
  { grain, times }: IntervalsRequest,
  table: ReadableTable,
  reach: Span,
  number: string,
): string {
  const time = times[table.name] ?? "";
  const engineType = table.columns.find(({ name }) => name === time)?.engineType ?? "TIMESTAMP";
  const rough = roughlyWithin(grain, { column: quoteName(time), engineType }, reach);
  return `select *, ${intervalNumber(grain, quoteName(time))} as ${number} from (${tableQuery(table)}) where ${rough}`;
}

async function evaluate(database: Database, request: IntervalsRequest, interval: number): Promise<void> {
  await database.run(`set variable sluice_from = ${interval - request.lookback};
    set variable sluice_to = ${interval + 1};
    insert into temp.${results} select ${castsOf(request)}, ${interval} from (${trimQuery(request.sql)}\n)`);
}

/** All intervals in one query. Its rows say by their own time to which one they belong; they lie in that order. */
async function evaluateAll(
  database: Database,
  request: IntervalsRequest,
  intervals: readonly number[],
): Promise<void> {
  const own = intervalNumber(request.grain, quoteName(request.by));
  await database.run(`set variable sluice_from = ${Math.min(...intervals)};
    set variable sluice_to = ${Math.max(...intervals) + 1};
    insert into temp.${results} select ${castsOf(request)}, ${own} from (${trimQuery(request.sql)}\n) order by ${own}`);
}

const castsOf = ({ columns }: IntervalsRequest): string => columns.map(asKept).join(", ");

/** Rows that belong to no interval that sees them would be in no version: better none than a version without them. */
async function refuseLost(database: Database, request: IntervalsRequest, number: string): Promise<void> {
  const { grain, by, lookback } = request;
  const own = intervalNumber(grain, quoteName(by));
  const [first] = await database.all<{ place: bigint; many: bigint; own: bigint | null }>(
    `select ${number} as place, ${own} as own, count(*) as many from temp.${results}
    where ${own} is null or ${own} > ${number} or ${own} < ${number} - ${lookback}
    group by all order by many desc, place limit 1`,
  );
  if (first === undefined) return;
  const rows = `${first.many} ${first.many === 1n ? "row" : "rows"}`;
  const built = intervalText(grain, Number(first.place));
  const where =
    first.own === null ? `no value in "${by}"` : `a "${by}" in ${intervalText(grain, Number(first.own))}`;
  throw new SluiceError(
    "build-failed",
    `the query over the ${grain} of ${built} makes ${rows} with ${where}: they would belong to no interval that is built from what they are made of`,
    {
      hint: `make "${by}" of the time of the input rows${first.own !== null && first.own < first.place ? `, or let an interval look further back with "lookback"` : ""}`,
    },
  );
}

/** The file of a run, or several of enough rows each. */
async function writeRun(
  database: Database,
  request: IntervalsRequest,
  number: string,
  run: IntervalRun,
  index: number,
): Promise<IntervalFile[]> {
  const { grain, by, columns, directory } = request;
  const names = columns.map(({ name }) => quoteName(name)).join(", ");
  const own = intervalNumber(grain, quoteName(by));
  const fresh = ([start, end]: Span): string =>
    `select ${names} from temp.${results} where ${number} >= ${start} and ${number} < ${end} and ${own} = ${number}`;
  const chunks = run.keep === undefined ? await chunksOf(database, request, number, run) : [run.span];
  const files: IntervalFile[] = [];
  for (const [chunk, span] of chunks.entries()) {
    const left = [...run.intervals, ...run.gone];
    const stay = left.length === 0 ? "true" : `${own} not in (${left.join(", ")})`;
    const kept =
      run.keep === undefined ? [] : [`select ${names} from ${parquetScan([run.keep])} where ${stay}`];
    const query = [...kept, fresh(span)].join(" union all ");
    const output = `${directory}/interval-${index}-${chunk}.parquet`;
    files.push({ ...(await writeParquet(database, query, columns, output)), run: index, span });
  }
  return files;
}

/** Intervals in a row, as many to a file as make it worth one. */
async function chunksOf(
  database: Database,
  { rowsPerFile }: IntervalsRequest,
  number: string,
  { intervals, span }: IntervalRun,
): Promise<readonly Span[]> {
  const counted = await database.all<{ place: bigint; many: bigint }>(
    `select ${number} as place, count(*) as many from temp.${results}
    where ${number} >= ${span[0]} and ${number} < ${span[1]} group by all`,
  );
  const rows = new Map(counted.map((one) => [Number(one.place), Number(one.many)]));
  const chunks: { start: number; end: number; rows: number }[] = [];
  for (const interval of intervals) {
    const more = rows.get(interval) ?? 0;
    const last = chunks.at(-1);
    if (last !== undefined && last.rows < rowsPerFile) {
      last.end = interval + 1;
      last.rows += more;
    } else chunks.push({ start: interval, end: interval + 1, rows: more });
  }
  return chunks.map(({ start, end }) => [start, end] as const);
}

async function forget(database: Database, timed: readonly InputTable[]): Promise<void> {
  const { connection } = database;
  for (const [index, { name }] of timed.entries()) {
    await connection.run(`drop view if exists ${quoteDataset(name)}`);
    await connection.run(`drop table if exists temp.${loadedName(index)}`);
  }
  await connection.run(`drop table if exists temp.${results}`);
}

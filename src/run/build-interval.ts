import type { IntervalsWork } from "../executor/executor.ts";
import type { ModelNode } from "../graph/graph.ts";
import { intervalAt } from "../graph/intervals.ts";
import type { Materialized } from "../graph/materialized.ts";
import { smallFiles } from "../graph/small-files.ts";
import type { MadeFrom, StoredFile } from "../graph/stored-file.ts";
import { partContext } from "../plan/build-key.ts";
import {
  filesSeen,
  type IntervalInputs,
  type IntervalParts,
  intervalParts,
  spanOf,
} from "../plan/interval-parts.ts";
import { type Context, perform, pinned, pinnedInput, type StageResult, workSettings } from "./context.ts";
import { inputTimes, type KnownTimes } from "./input-times.ts";
import { allOf, enter, makePart, type Parts, recordParts } from "./parts.ts";

type Interval = Extract<Materialized, { readonly kind: "interval" }>;

/** Input rows that are worth a piece of work of their own. */
const rowsOfWork = 2_000_000;
/** Most intervals in one piece of work, so that not much is lost with one that is not finished. */
const mostIntervals = 500;
/** Rows that are worth a file of their own. */
const rowsPerFile = 20_000;

/** An interval model on its way. */
export interface IntervalBuild {
  readonly kept: Interval;
  readonly parts: Parts;
  readonly inputs: IntervalInputs;
  readonly known: KnownTimes;
  readonly todo: IntervalParts;
}

/**
 * Bring an interval model up to date: intervals that see the files that they were made from stay as they are, and
 * only the others are built.
 */
export async function buildInterval(
  context: Context,
  node: ModelNode,
  kept: Interval,
  buildKey: string,
): Promise<StageResult> {
  const started = context.ports.now().getTime();
  const build = await openIntervals(context, node, kept);
  const made = await makeIntervals(context, build, build.todo);
  const files = [...build.todo.taken, ...made].toSorted((a, b) => startOf(a) - startOf(b));
  const result = await recordParts(context, build.parts, {
    buildKey,
    files: await mergeSmall(context, build, files),
    times: build.known.times,
    started,
  });
  const { rewrites, fresh, intervals: of } = build.todo;
  return { ...result, parts: { unit: kept.grain, built: intervalsIn([...rewrites, ...fresh]), of } };
}

/** How many intervals are to be built. */
export const intervalsIn = (runs: readonly { readonly intervals: readonly number[] }[]): number =>
  runs.reduce((sum, { intervals }) => sum + intervals.length, 0);

const startOf = ({ made }: StoredFile): number => made?.span?.[0] ?? 0;

/** Find what an interval model needs. */
export async function openIntervals(
  context: Context,
  node: ModelNode,
  kept: Interval,
): Promise<IntervalBuild> {
  const { state, versions, ports } = context;
  const current = versions.get(node.id);
  const contents = new Map(node.inputs.map((one) => [one, pinnedInput(context, one)]));
  const key = partContext(node, new Set(Object.keys(kept.times)), contents, state.engineVersion, current);
  const known = await inputTimes(context, node, kept, current);
  const { grain, lookback, begin } = kept;
  const inputs: IntervalInputs = {
    ...known,
    context: key,
    lookback,
    ...(begin === undefined ? {} : { begin: intervalAt(grain, Date.parse(begin)) }),
  };
  let todo = intervalParts(inputs, { current: current?.files ?? [], ledger: [] });
  if (todo.fresh.length + todo.rewrites.length > 0) {
    const ledger = (await ports.store.parts(key)).map(({ file }) => file);
    todo = intervalParts(inputs, { current: current?.files ?? [], ledger });
  }
  return { kept, parts: { node, current, context: key }, inputs, known, todo };
}

type Run = IntervalsWork["runs"][number];

/** Build what is missing, several pieces of work at once, each entered into the ledger as soon as it is done. */
export async function makeIntervals(
  context: Context,
  build: IntervalBuild,
  { rewrites, fresh }: Pick<IntervalParts, "rewrites" | "fresh">,
  onDone: (intervals: number) => void = () => undefined,
): Promise<StoredFile[]> {
  const rows = Object.keys(build.kept.times).reduce((sum, id) => sum + pinnedInput(context, id).rows, 0);
  const each = Math.max(1, rows / Math.max(1, build.todo.intervals));
  const most = Math.min(mostIntervals, Math.max(1, Math.floor(rowsOfWork / each)));
  const runs: Run[] = [
    ...rewrites.map(({ span, intervals, gone, part }) => ({ span, intervals, gone, part })),
    ...fresh.flatMap(({ intervals }) => divided(intervals, most)),
  ];
  const work = grouped(runs, most).map(async (group) => {
    const files = await makeRuns(context, build, group);
    onDone(intervalsIn(group));
    return files;
  });
  return (await allOf(work)).flat();
}

function divided(intervals: readonly number[], most: number): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < intervals.length; at += most) {
    const some = intervals.slice(at, at + most);
    runs.push({ span: spanOf(some), intervals: some, gone: [] });
  }
  return runs;
}

/** Runs together, up to so many intervals. */
function grouped(runs: readonly Run[], most: number): Run[][] {
  const groups: { readonly runs: Run[]; size: number }[] = [];
  for (const run of runs) {
    const size = run.intervals.length + run.gone.length;
    const last = groups.at(-1);
    if (last !== undefined && last.size + size <= most) {
      last.runs.push(run);
      last.size += size;
    } else groups.push({ runs: [run], size });
  }
  return groups.map((group) => group.runs);
}

async function makeRuns(
  context: Context,
  { kept, parts, inputs }: IntervalBuild,
  runs: readonly Run[],
): Promise<StoredFile[]> {
  const { node } = parts;
  if (node.by.kind !== "sql") throw new Error(`${node.id} has no query`);
  const { by, grain, lookback, times } = kept;
  const { files, spans = [] } = await perform(context, {
    kind: "intervals",
    ...(await workSettings(context, node, [], context.ports.newId())),
    sql: node.by.sql,
    inputs: await pinned(context, node.inputs),
    columns: node.columns.map(({ name, engineType }) => ({ name, engineType })),
    by,
    grain,
    lookback,
    times,
    rowsPerFile,
    runs,
  });
  const made = files.map((file, index) => {
    const span = spans[index]?.span ?? [0, 0];
    return { ...file, made: { context: parts.context, from: filesSeen(inputs, span), span } };
  });
  await enter(context, parts, made);
  return made;
}

/** Put the many small parts at the end together, so that what comes interval by interval stays few files. */
async function mergeSmall(
  context: Context,
  { parts, inputs }: IntervalBuild,
  files: readonly StoredFile[],
): Promise<readonly StoredFile[]> {
  const range = smallFiles(
    files.map(({ rows }) => rows),
    [rowsPerFile],
  );
  if (range === undefined) return files;
  const small = files.slice(range.from, range.to);
  const [first, last] = [small[0]?.made?.span?.[0] ?? 0, small.at(-1)?.made?.span?.[1] ?? 0];
  const span = [first, last] as const;
  const made: MadeFrom = { context: parts.context, from: filesSeen(inputs, span), span };
  const file = await makePart(context, parts, made, { kind: "merge", files: small });
  return [...files.slice(0, range.from), file, ...files.slice(range.to)];
}

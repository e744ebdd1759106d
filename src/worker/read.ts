import { join } from "node:path";
import {
  type IngestResult,
  type InputTable,
  type SampleRequest,
  sourceFileColumn,
  type WrittenFile,
} from "../engine/engine.ts";
import type { KeptPart, ReadWork, WorkResult } from "../executor/executor.ts";
import { rowsKey, standingRows, standingStatistics, type StoredFile } from "../graph/stored-file.ts";
import { fetchBatches } from "./fetch-batches.ts";
import { auditTable, keep, merge, mergedFrom, type Tools } from "./tools.ts";
import { profileFiles } from "./profile.ts";
import { markUnchanged } from "./unchanged-columns.ts";
import { smallFiles } from "../graph/small-files.ts";
import { mergeStatistics } from "../graph/merge-statistics.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";

/**
 * Read a delivery through its contract: fetch (generators), read what is new, take over the parts of the
 * version before without the rows of files that changed or went away, audit the whole, keep it.
 */
export async function read(work: ReadWork, directory: string, tools: Tools): Promise<WorkResult> {
  const fetched = work.generator && (await fetchBatches(work, work.generator, directory, tools));
  const files = fetched ? fetched.files : work.files;
  tools.onProgress({ phase: "reading" });
  const taken = await takeOver(work.keepAccepted, sourceFileColumn, "kept", directory, tools);
  const takenQuarantine = await takeOver(work.keepQuarantine, "file", "kept-quarantine", directory, tools);
  const existing = await whereTheyLie(taken, tools);
  const ingested = await tools.session.ingest({
    files,
    options: work.options,
    columns: work.columns,
    tried: work.tried,
    existing,
    directory,
  });

  const table = {
    name: work.dataset,
    ...existing,
    files: [...existing.files, ...ingested.accepted.map((file) => file.path)],
    columns: work.columns,
  };
  const parts = [...taken.map(statisticsOfPart), ...ingested.accepted];
  const statistics = {
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    columns: statisticsOf(work, parts),
  };
  const answers = await auditTable(work, table, statistics, tools);
  const columns = await markUnchanged(work, table, statistics, tools);

  const profiled = filesToProfile(work, existing, taken, ingested);
  const fresh = ingested.accepted.reduce((sum, { rows }) => sum + rows, 0);
  const profile = await profileFiles(
    work.profile,
    profiled,
    work.profile?.of === "all" ? statistics.rows : fresh,
    tools,
  );
  tools.onProgress({ phase: "keeping" });
  const [part, refused] = [`${work.keyPrefix}/part`, `${work.keyPrefix}/quarantine`];
  const together = await mergeSmall(taken, part, directory, tools);
  const accepted = await keepAll([...together, ...ingested.accepted], part, tools);
  const togetherRefused = await mergeSmall(takenQuarantine, refused, directory, tools);
  const quarantine = await keepAll([...togetherRefused, ...ingested.quarantine], refused, tools);
  return {
    same: false,
    files: accepted,
    columns,
    rows: statistics.rows,
    answers,
    ...profile,
    read: {
      quarantine,
      counts: ingested.counts,
      countsByFile: ingested.countsByFile,
      reasons: ingested.reasons,
      problems: ingested.problems,
      ...(fetched ? { generator: { cursor: fetched.cursor, raw: fetched.raw, files: fetched.files } } : {}),
    },
  };
}

/** The files whose rows are to be looked at: with what came now, what is taken over where all is asked for. */
function filesToProfile(
  { profile }: ReadWork,
  { files, without }: Pick<InputTable, "files" | "without">,
  taken: readonly Taken[],
  { accepted }: Pick<IngestResult, "accepted">,
): SampleRequest["files"] {
  const before = files.map((path, index) => ({
    path,
    rows: taken[index]?.rows ?? 0,
    without: without?.[path],
  }));
  return profile?.of === "all" ? [...before, ...accepted] : accepted;
}

/** Statistics of the contract's columns; a source without a row still has its columns. */
function statisticsOf(
  work: ReadWork,
  parts: Parameters<typeof mergeStatistics>[0],
): readonly ColumnStatistics[] {
  const merged = mergeStatistics(parts);
  return work.columns.map(
    ({ name, engineType }) => merged.find((column) => column.name === name) ?? { name, engineType, nulls: 0 },
  );
}

/** A part of the version before, or what was cut out of one. */
type Taken = StoredFile | (WrittenFile & { readonly cut?: string });

const statisticsOfPart = (part: Taken): Parameters<typeof mergeStatistics>[0][number] =>
  "key" in part ? standingStatistics(part) : part;

async function whereTheyLie(
  parts: readonly Taken[],
  { storage }: Tools,
): Promise<Pick<InputTable, "files" | "without">> {
  const located = parts.map(async (part) => {
    if (!("key" in part)) return { path: part.path };
    return { path: await storage.local(part), without: part.without && Object.keys(part.without) };
  });
  const places = await Promise.all(located);
  const without = places.flatMap((one) =>
    one.without === undefined ? [] : [[one.path, one.without] as const],
  );
  return { files: places.map(({ path }) => path), without: Object.fromEntries(without) };
}

/** Rows from which on a part is not copied to leave some out, but read around them. */
const manyRows = 200_000;

/** Above this share of rows that no longer stand, a part is copied without them: to read around them costs more. */
const mostGone = 0.2;

/** Parts of the version before: as they are where every row stays; where some go, read without them or rewritten. */
async function takeOver(
  parts: readonly KeptPart[],
  column: string,
  name: string,
  directory: string,
  tools: Tools,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const [index, part] of parts.entries()) {
    const gone = part.without.filter((name) => mayHold(part.file, column, name));
    if (gone.length === 0) {
      taken.push(part.file);
      continue;
    }
    const path = await tools.storage.local(part.file);
    if (column === sourceFileColumn && part.file.rows >= manyRows) {
      const rows = await tools.session.rowsFrom(path, gone);
      const left = withoutRows(part.file, rows);
      if (part.file.rows - standingRows(left) <= mostGone * part.file.rows) {
        taken.push(left);
        continue;
      }
    }
    const output = join(directory, `${name}-${index}.parquet`);
    const all = [...Object.keys(part.file.without ?? {}), ...gone];
    const rewritten = await tools.session.rewrite([path], all, column, output);
    if (rewritten.rows > 0) taken.push({ ...rewritten, cut: rowsKey(part.file) });
  }
  return taken;
}

/** A part without the rows of more landing files; itself where it has none of them. */
const withoutRows = (part: StoredFile, rows: Readonly<Record<string, number>>): StoredFile =>
  Object.keys(rows).length === 0 ? part : { ...part, without: { ...part.without, ...rows } };

/** Whether a part may hold rows of a landing file that stand, by the limits of the column that names it. */
function mayHold(part: StoredFile, column: string, name: string): boolean {
  if (part.without !== undefined && Object.hasOwn(part.without, name)) return false;
  const limits = part.columns.find((candidate) => candidate.name === column);
  return limits?.min === undefined || limits.max === undefined || (limits.min <= name && name <= limits.max);
}

/**
 * Put the many small files at the end of what is taken over together, so that reading does not take longer with every
 * delivery. What has just come is not among them: whoever reads this dataset part by part has not seen it yet.
 */
async function mergeSmall(
  parts: readonly Taken[],
  prefix: string,
  directory: string,
  tools: Tools,
): Promise<readonly Taken[]> {
  // What is read without some of its rows is put together with nothing: those rows would stand again.
  const isWhole = (part: Taken): boolean => !("key" in part) || part.without === undefined;
  const range = smallFiles(parts.map((part) => (isWhole(part) ? part.bytes : Number.POSITIVE_INFINITY)));
  const some = range === undefined ? [] : parts.slice(range.from, range.to);
  const small = some.filter((part) => "key" in part);
  if (range === undefined || small.length < some.length) return parts;
  const merged = await merge(small, join(directory, "merged.parquet"), tools);
  const file = mergedFrom(await keep(merged, `${prefix}-merged.parquet`, tools), small);
  return [...parts.slice(0, range.from), file, ...parts.slice(range.to)];
}

async function keepAll(parts: readonly Taken[], prefix: string, tools: Tools): Promise<StoredFile[]> {
  const kept: StoredFile[] = [];
  for (const [index, part] of parts.entries()) {
    if ("key" in part) kept.push(part);
    else {
      const file = await keep(part, `${prefix}-${index}.parquet`, tools);
      kept.push(part.cut === undefined ? file : { ...file, cut: part.cut });
    }
  }
  return kept;
}

/** What the kinds of models that are built in parts share: making a part, and making a version of parts. */
import type { AuditWork, BuildWork, MergeWork, WorkResult } from "../executor/executor.ts";
import type { ModelNode } from "../graph/graph.ts";
import { mergeStatistics } from "../graph/merge-statistics.ts";
import {
  allFiles,
  type MadeFrom,
  readFiles,
  standingRows,
  standingStatistics,
  type StoredFile,
} from "../graph/stored-file.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import type { InputTimes, Version } from "../graph/version.ts";
import { contentHashOfParts, identityOf, partKey } from "../plan/build-key.ts";
import { areApart } from "../quality/are-apart.ts";
import { ask, type Asked } from "../quality/ask.ts";
import { auditedBefore } from "../quality/audited-before.ts";
import { judge } from "../quality/judge.ts";
import type { Verdict } from "../quality/verdict.ts";
import { record } from "./audit-version.ts";
import { type Context, perform, type StageResult, workSettings } from "./context.ts";
import { filesToProfile, profileOf, profileToGoOnFrom, wantedProfile } from "./profiles.ts";
import { pinVersion } from "./pin-versions.ts";

/** A model that is built in parts, the version that it stands at, and the context of its parts now. */
export interface Parts {
  readonly node: ModelNode;
  readonly current: Version | undefined;
  readonly context: string;
}

type PartWork =
  | Omit<BuildWork, "dataset" | "attempt" | "keyPrefix" | "questions" | "others">
  | Omit<MergeWork, "dataset" | "attempt" | "keyPrefix" | "questions" | "others">;

/** Make one part and enter it into the ledger, so that it is found again if nothing else is finished. */
export async function makePart(
  context: Context,
  parts: Parts,
  made: MadeFrom,
  work: PartWork,
): Promise<StoredFile> {
  const settings = await workSettings(context, parts.node, [], context.ports.newId());
  const { files } = await perform(context, { ...settings, ...work });
  const [file] = files;
  if (file === undefined) throw new Error(`a part of ${parts.node.id} came to nothing`);
  const part = { ...file, made };
  await enter(context, parts, [part]);
  return part;
}

/** Enter parts into the ledger. */
export async function enter(
  context: Context,
  { node, current }: Parts,
  files: readonly (StoredFile & { readonly made: MadeFrom })[],
): Promise<void> {
  const at = context.ports.now().toISOString();
  const dataset = identityOf(node, current);
  await context.ports.store.saveParts(
    context.lease,
    files.map((file) => ({ key: partKey(file.made), dataset, file, at, runId: context.runId })),
  );
}

/** Wait for all, whatever becomes of some: nothing goes on behind an error. */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(work);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

/** Audit a version that consists of parts, and record it. */
export async function recordParts(
  context: Context,
  parts: Parts,
  made: {
    readonly buildKey: string;
    readonly files: readonly StoredFile[];
    readonly times?: InputTimes;
    /** Milliseconds since 1970. */
    readonly started: number;
  },
): Promise<StageResult> {
  const { node, current } = parts;
  const { now, newId } = context.ports;
  const { files } = made;
  const columns = statisticsOf(node, files);
  const identity = identityOf(node, current);
  const version: Version = {
    id: newId(),
    dataset: node.id,
    ...(identity === node.id ? {} : { identity }),
    buildKey: made.buildKey,
    fingerprint: node.fingerprint,
    contentHash: contentHashOfParts(files, columns),
    rows: readFiles(files).reduce((sum, file) => sum + standingRows(file), 0),
    bytes: allFiles(files).reduce((sum, file) => sum + file.bytes, 0),
    columns,
    files,
    quarantine: [],
    inputs: Object.fromEntries(node.inputs.map((input) => [input, context.versions.get(input)?.id ?? ""])),
    ...(made.times === undefined ? {} : { times: made.times }),
    createdAt: now().toISOString(),
    runId: context.runId,
    elapsed: now().getTime() - made.started,
  };
  const known = await profileToGoOnFrom(context, node, current);
  const { verdict, answer } = await audit(context, parts, version, filesToProfile(files, known, current));
  return record(context, node, { ...version, ...profileOf(answer, known, version.rows) }, verdict);
}

function statisticsOf(node: ModelNode, files: readonly StoredFile[]): readonly ColumnStatistics[] {
  const merged = mergeStatistics(readFiles(files).map(standingStatistics));
  return node.columns.map(
    ({ name, engineType }) => merged.find((column) => column.name === name) ?? { name, engineType, nulls: 0 },
  );
}

/**
 * Ask the checks of a version. What the parts that were taken over from the version before do to a check that judges rows
 * one by one is known from its audit, so only the others are looked at, and what they add is added.
 */
async function audit(
  context: Context,
  { node, current }: Parts,
  version: Version,
  profiled: readonly StoredFile[],
): Promise<{ readonly verdict: Verdict; readonly answer: Pick<WorkResult, "profile"> }> {
  const asked = ask(node);
  const wanted = profiled.length === 0 ? {} : wantedProfile(context, node);
  if (asked.length === 0 && wanted.profile === undefined) return { verdict: judge(asked, []), answer: {} };
  const { rows, columns } = version;
  const unique = node.materialized?.kind === "upsert" ? node.materialized.key : undefined;
  const answer = await perform(context, {
    kind: "audit",
    ...(await workSettings(context, node, asked, version.id)),
    ...wanted,
    profiled,
    table: await pinVersion(context.ports.store, version),
    statistics: { rows, columns, ...(unique === undefined ? {} : { unique }) },
    ...(current === undefined ? {} : { clean: await cleanPart(context, node, asked, version, current) }),
  });
  return { verdict: judge(asked, answer.answers), answer };
}

/** Which files were audited before, and what need not be asked of them again. */
async function cleanPart(
  context: Context,
  node: ModelNode,
  asked: readonly Asked[],
  version: Version,
  current: Version,
): Promise<NonNullable<AuditWork["clean"]>> {
  const audits = await context.ports.store.audits([current.id]);
  const before = audits.find((one) => one.auditFingerprint === node.auditFingerprint)?.verdict;
  const had = new Set(current.files.map(({ key }) => key));
  const keys = version.files.map(({ key }) => key).filter((key) => had.has(key));
  if (before === undefined || keys.length === 0) return { keys: [], questions: [], apart: [] };
  const { clean, counted } = auditedBefore(asked, before);
  const kept = version.files.filter(({ key }) => had.has(key));
  const added = version.files.filter(({ key }) => !had.has(key));
  const questions = asked.map(({ question }) => question);
  const apart = questions.filter((one) => areApart(one, kept, added)).map(({ id }) => id);
  // What was counted was counted over all: it stands only as long as every row does.
  const wholeFile = ({ key, fallen }: StoredFile): string => `${key} ${fallen?.key ?? ""}`;
  const now = new Set(version.files.map(wholeFile));
  const isAll = current.files.every((file) => now.has(wholeFile(file)));
  return isAll
    ? { keys, questions: [...clean, ...Object.keys(counted)], apart, counted }
    : { keys, questions: clean, apart };
}

/** What an input consists of; a view is one piece, which is another when anything below it is. */
export function filesOf({ query, files, contentHash, rows, bytes, columns }: Version): readonly StoredFile[] {
  if (query === undefined) return readFiles(files).filter((file) => file.rows > 0);
  return [{ key: "", rows, bytes, sha256: contentHash, columns }];
}

/** Some files of an input; a version of its own, because a view beside it may read all of them. */
export const withFiles = (input: Version, files: readonly StoredFile[]): Version =>
  input.query === undefined ? { ...input, id: `${input.id}/${files[0]?.key ?? ""}`, files } : input;

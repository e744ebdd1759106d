import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { ReadWork, WorkResult } from "../executor/executor.ts";
import type { Listing, ManifestFile, RecordCounts, SourceManifest } from "../graph/delivery.ts";
import { noRecords as nothing, sumCounts } from "../graph/record-counts.ts";
import type { GraphColumn, SourceNode } from "../graph/graph.ts";
import type { Profile } from "../graph/profile.ts";
import { refusedFile, type StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { contentHash, identityOf, sourceKey } from "../plan/build-key.ts";
import { ask } from "../quality/ask.ts";
import { judge } from "../quality/judge.ts";
import { adopt, record } from "./audit-version.ts";
import { type Context, perform, previousOf, type StageResult, workSettings } from "./context.ts";
import { profileOf, profileToGoOnFrom, wantedProfile } from "./profiles.ts";
import { type Delivery, inspectDelivery } from "./inspect-delivery.ts";

/** What a version is made of before it is written down. */
interface Candidate {
  readonly id: string;
  readonly buildKey: string;
  readonly manifest: SourceManifest;
  readonly result: WorkResult;
  readonly elapsed: number;
  /** The profile of what was there before. */
  readonly known: Profile | undefined;
}

/** Bring a source over files up to date: read what is new or changed, take over the rest. */
export async function readFiles(context: Context, node: SourceNode, listing: Listing): Promise<StageResult> {
  const current = context.versions.get(node.id);
  const delivery = await inspectDelivery(context.ports, node, listing, current);
  if (listing.files.length === 0 && node.from.kind === "files") {
    const where = node.from.patterns.join(", ");
    context.onEvent({
      type: "warning",
      dataset: node.id,
      message: `no file matches ${where}; ${node.id} is empty`,
    });
  }
  if (delivery.fromScratch === true) refuseLosing(node, listing, current);
  // What is read again is refused again, or not: nobody has said yet that it may be lost.
  const drops = delivery.files.some(({ counts }) => counts?.dropped) ? current?.manifest?.drops : undefined;
  const buildKey = sourceKey(node, delivery.files, context.state.engineVersion, current, drops);
  const found = await context.state.find(buildKey);
  if (found) return adopt(context, node, found);

  const id = context.ports.newId();
  const started = context.ports.now().getTime();
  const known = delivery.fromScratch ? undefined : await profileToGoOnFrom(context, node, current);
  const work = await readWork(context, node, id, delivery, current, known);
  const result = await perform(context, work);
  const byFile = result.read?.countsByFile ?? {};
  const since = new Date(started).toISOString();
  const files = delivery.files.map((file): ManifestFile => ({
    since,
    ...file,
    counts: file.counts ?? byFile[file.name] ?? nothing,
  }));
  const elapsed = context.ports.now().getTime() - started;
  const manifest = { files, ...(drops === undefined ? {} : { drops }) };
  return conclude(context, node, { id, buildKey, manifest, result, elapsed, known });
}

/**
 * A contract that changes is one under which everything is read again. Whoever keeps the rows of files that are gone does not
 * lose them by that unless they say so. Errors: `build-failed`.
 */
function refuseLosing(node: SourceNode, listing: Listing, current: Version | undefined): void {
  if (node.from.kind !== "files" || node.from.onRemoved !== "keep") return;
  const lying = new Set(listing.files.map(({ name }) => name));
  const gone = (current?.manifest?.files ?? []).flatMap(({ name }) => (lying.has(name) ? [] : [name]));
  const [first] = gone;
  if (first === undefined) return;
  const files = gone.length === 1 ? `"${first}" is` : `"${first}" and ${gone.length - 1} more are`;
  throw new SluiceError(
    "build-failed",
    `the contract of ${node.id} changed, and ${files} gone from the landing: the rows that are kept of ${gone.length === 1 ? "it" : "them"} cannot be read again under the new one`,
    {
      hint: 'put the files back for one run, or take the change back; where those rows may go, say onRemoved: "remove" for one run',
    },
  );
}

/** Bring a source over a generator up to date: ask it for what came after its cursor. */
export async function readGenerator(context: Context, node: SourceNode): Promise<StageResult> {
  const current = context.versions.get(node.id);
  const again = current !== undefined && current.fingerprint !== node.fingerprint;
  const raw = current?.manifest?.raw ?? [];
  const id = context.ports.newId();
  const started = context.ports.now().getTime();
  const base = again ? undefined : current;
  const known = await profileToGoOnFrom(context, node, base);
  const work: ReadWork = {
    ...(await readWork(context, node, id, { toRead: [], files: [], gone: [] }, base, known)),
    options: { format: "ndjson" },
    generator: {
      module: join(context.ports.root, node.path),
      cursor: current?.manifest?.cursor,
      directory: context.ports.root,
      raw: again ? raw : [],
      // A promotion asks for nothing new where there is something to promote.
      fetch: current === undefined || context.state.promotion === undefined,
    },
  };
  const result = await perform(context, work);
  const fetched = result.read?.generator;
  if (!fetched) throw new Error(`the generator of ${node.id} reported nothing`);
  const allRaw = again ? fetched.raw : [...raw, ...fetched.raw];
  if (current && !again && fetched.raw.length === 0) return adopt(context, node, current);

  const counts = result.read?.countsByFile ?? {};
  const before = again ? [] : (current?.manifest?.files ?? []);
  const firstRead = new Map(current?.manifest?.files.map(({ name, since }) => [name, since]));
  const files = [
    ...before,
    ...fetched.files.map((file) => ({
      ...generatedFile(file.name, allRaw, counts[file.name]),
      since: firstRead.get(file.name) ?? new Date(started).toISOString(),
    })),
  ];
  const drops = again ? undefined : current?.manifest?.drops;
  const buildKey = sourceKey(node, files, context.state.engineVersion, current, drops);
  const elapsed = context.ports.now().getTime() - started;
  return conclude(context, node, {
    id,
    buildKey,
    manifest: { files, ...(drops === undefined ? {} : { drops }), cursor: fetched.cursor, raw: allRaw },
    result,
    elapsed,
    known,
  });
}

function generatedFile(
  name: string,
  raw: readonly StoredFile[],
  counts: RecordCounts | undefined,
): ManifestFile {
  const stored = raw.find((file) => file.key === name);
  return {
    name,
    bytes: stored?.bytes ?? 0,
    modified: "0",
    sha256: stored?.sha256 ?? "",
    counts: counts ?? nothing,
  };
}

async function readWork(
  context: Context,
  node: SourceNode,
  id: string,
  delivery: Delivery,
  current: Version | undefined,
  known: Profile | undefined,
): Promise<ReadWork> {
  const takenOver = (files: readonly StoredFile[]): ReadWork["keepAccepted"] =>
    files.map((file) => ({ file, without: delivery.gone }));
  const before = delivery.fromScratch ? [] : (current?.files ?? []);
  // What stays of the version before lies in its files, unless all that it was read from is gone.
  const stays = (current?.manifest?.files.length ?? 0) > delivery.gone.length;
  return {
    kind: "read",
    ...(await workSettings(context, node, ask(node), id)),
    ...wantedProfile(context, node, known === undefined ? "all" : "new"),
    files: delivery.toRead,
    options: node.from.kind === "files" ? node.from : {},
    columns: node.columns.map(contractColumn),
    tried: current?.fingerprint === node.fingerprint,
    keepAccepted: takenOver(before),
    keepQuarantine: delivery.fromScratch ? [] : takenOver(current?.quarantine ?? []),
    ...previousOf(context, node, current, before.length > 0 && stays),
  };
}

function contractColumn(column: GraphColumn): ReadWork["columns"][number] {
  if (!column.declared) throw new Error(`column ${column.name} of a source is not declared`);
  return { name: column.name, engineType: column.engineType, spec: column.declared };
}

async function conclude(context: Context, node: SourceNode, candidate: Candidate): Promise<StageResult> {
  const { result } = candidate;
  const delivery = { counts: result.read?.counts ?? nothing, problems: result.read?.problems ?? [] };
  const manifest: SourceManifest = { ...candidate.manifest, delivery };
  const counts = sumCounts(manifest.files.map((file) => file.counts));
  const identity = identityOf(node, context.versions.get(node.id));
  const version: Version = {
    id: candidate.id,
    dataset: node.id,
    ...(identity === node.id ? {} : { identity }),
    buildKey: candidate.buildKey,
    fingerprint: node.fingerprint,
    contentHash: contentHash(result.files, result.columns),
    rows: result.rows,
    bytes: result.files.reduce((sum, file) => sum + file.bytes, 0),
    columns: result.columns,
    files: result.files,
    quarantine: (result.read?.quarantine ?? []).map(refusedFile),
    manifest,
    counts,
    ...profileOf(result, candidate.known, result.rows),
    inputs: {},
    createdAt: context.ports.now().toISOString(),
    runId: context.runId,
    elapsed: candidate.elapsed,
  };
  const verdict = judge(ask(node), result.answers, { ...delivery, limits: node.quarantine });
  return { ...(await record(context, node, version, verdict)), delivery: delivery.counts, counts };
}

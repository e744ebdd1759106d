import type { PinnedTable } from "../executor/executor.ts";
import type { ModelNode } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import { keptFile, type StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { partContext } from "../plan/build-key.ts";
import { changedFiles, type ChangedFiles, isSmall } from "../plan/changed-files.ts";
import { type Context, perform, pinned, pinnedInput, type StageResult, workSettings } from "./context.ts";
import { recordParts } from "./parts.ts";
import { pinVersion } from "./pin-versions.ts";

type Upsert = Extract<Materialized, { readonly kind: "upsert" }>;

/** What a version is brought up to date from: what is kept, and what changed since. */
interface Step {
  readonly parts: readonly StoredFile[];
  readonly changes: ChangedFiles;
}

/**
 * Bring an upsert model up to date: only the files of its input that came or went since the current version are judged,
 * against what that version keeps. Where that is not known, or is most of the input, everything is built.
 */
export async function buildUpsert(
  context: Context,
  node: ModelNode,
  { over, key, order, deleted }: Upsert,
  buildKey: string,
): Promise<StageResult> {
  const { ports, state } = context;
  if (node.by.kind !== "sql") throw new Error(`${node.id} has no query`);
  const started = ports.now().getTime();
  const current = context.versions.get(node.id);
  const contents = new Map(node.inputs.map((one) => [one, pinnedInput(context, one)]));
  const partsOf = partContext(node, new Set([over]), contents, state.engineVersion, current);
  const input = pinnedInput(context, over);
  const { parts, changes } = await stepFrom(context, current, input, partsOf);
  const all = await pinVersion(ports.store, input);
  const some = (files: readonly StoredFile[]): PinnedTable => ({ ...all, files: files.map(keptFile) });
  const { files } = await perform(context, {
    kind: "upsert",
    ...(await workSettings(context, node, [], ports.newId())),
    sql: node.by.sql,
    inputs: await pinned(
      context,
      node.inputs.filter((one) => one !== over),
    ),
    columns: node.columns.map(({ name, engineType }) => ({ name, engineType })),
    key,
    order,
    ...(deleted === undefined ? {} : { deleted }),
    over: { all, added: some(changes.added), removed: some(changes.removed) },
    parts,
  });
  // A row stands because of all that came before it, so that no file of the input alone makes a part.
  const made = { context: partsOf, from: [] };
  return recordParts(
    context,
    { node, current, context: partsOf },
    { buildKey, files: files.map((file) => ({ ...file, made })), started },
  );
}

async function stepFrom(
  context: Context,
  current: Version | undefined,
  input: Version,
  partsOf: string,
): Promise<Step> {
  const nothing: Step = { parts: [], changes: { added: input.files, removed: [] } };
  const parts = current?.files ?? [];
  if (current === undefined || parts.length === 0 || input.query !== undefined) return nothing;
  if (parts.some(({ made }) => made?.context !== partsOf)) return nothing;
  const read = await context.ports.store.versions(Object.values(current.inputs));
  // The store knows datasets by the name with which their history began.
  const before = read.find(({ dataset }) => dataset === (input.identity ?? input.dataset));
  if (before === undefined || before.query !== undefined) return nothing;
  const changes = changedFiles(before.files, input.files);
  const isGone = changes.removed.length > 0 && before.gone !== undefined;
  return isGone || !isSmall(changes, input.files) ? nothing : { parts, changes };
}

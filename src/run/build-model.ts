import { join } from "node:path";
import type { BuildWork, ComputeWork, WorkResult } from "../executor/executor.ts";
import type { ModelNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { contentHash, identityOf, modelKey } from "../plan/build-key.ts";
import { ask, type Asked } from "../quality/ask.ts";
import { judge } from "../quality/judge.ts";
import { adopt, record } from "./audit-version.ts";
import { buildAppend } from "./build-append.ts";
import { buildInterval } from "./build-interval.ts";
import { buildUpsert } from "./build-upsert.ts";
import {
  type Context,
  judged,
  perform,
  pinned,
  pinnedInput,
  previousOf,
  type StageResult,
  workSettings,
} from "./context.ts";
import { wantedProfile } from "./profiles.ts";
import { provenAnswers } from "./proven-answers.ts";

/**
 * Bring a model up to date: find a version with its build key, or build a candidate and audit it. A
 * candidate that only repeats the current version is dropped, and nothing downstream has to move.
 */
export async function buildModel(context: Context, node: ModelNode): Promise<StageResult> {
  const { ports, state, versions } = context;
  const contents = new Map(node.inputs.map((input) => [input, pinnedInput(context, input)]));
  const current = versions.get(node.id);
  const buildKey = modelKey(node, contents, state.engineVersion, state.parameters, current);
  const found = await state.find(buildKey);
  if (found) return adopt(context, node, found);

  const { materialized } = node;
  if (materialized?.kind === "upsert") return buildUpsert(context, node, materialized, buildKey);
  if (materialized?.kind === "append") return buildAppend(context, node, materialized, buildKey);
  if (materialized?.kind === "interval") return buildInterval(context, node, materialized, buildKey);

  const asked = ask(node);
  const id = ports.newId();
  const started = ports.now().getTime();
  const { proven, open } = await provenAnswers(context, node, asked);
  const result = await perform(context, await workOf(context, node, open, id, current));
  const verdict = judge(asked, [...proven, ...result.answers]);
  if (result.same && current) {
    await ports.store.alias(context.lease, buildKey, current.id);
    await ports.store.saveAudit(context.lease, {
      version: current.id,
      auditFingerprint: node.auditFingerprint,
      verdict,
    });
    return judged(current, verdict, "reused");
  }
  const version = versionOf(context, node, {
    id,
    buildKey,
    identity: identityOf(node, current),
    result,
    elapsed: ports.now().getTime() - started,
  });
  return record(context, node, version, verdict);
}

async function workOf(
  context: Context,
  node: ModelNode,
  asked: readonly Asked[],
  id: string,
  current: Version | undefined,
): Promise<BuildWork | ComputeWork> {
  const settings = await workSettings(context, node, asked, id);
  const shared = {
    ...settings,
    ...wantedProfile(context, node),
    inputs: await pinned(context, node.inputs),
    columns: node.columns.map(({ name, engineType }) => ({ name, engineType })),
    ...previousOf(context, node, current, false),
  };
  if (node.by.kind === "rows") {
    return {
      kind: "compute",
      ...shared,
      module: join(context.ports.root, node.path),
      aliases: node.by.aliases,
    };
  }
  const parameters = Object.fromEntries(
    node.parameters.map((name) => [name, context.state.parameters[name]]),
  );
  return { kind: "build", ...shared, sql: node.by.sql, ordered: node.by.ordered, parameters };
}

/** The version that a piece of work made of a model. */
export function versionOf(
  context: Context,
  node: ModelNode,
  built: {
    readonly id: string;
    readonly buildKey: string;
    readonly identity: string;
    readonly result: Pick<WorkResult, "files" | "columns" | "rows" | "profile">;
    readonly elapsed: number;
  },
): Version {
  const { files, columns, rows, profile } = built.result;
  return {
    id: built.id,
    dataset: node.id,
    ...(built.identity === node.id ? {} : { identity: built.identity }),
    buildKey: built.buildKey,
    fingerprint: node.fingerprint,
    contentHash: contentHash(files, columns),
    rows,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    columns,
    files,
    quarantine: [],
    ...(profile === undefined ? {} : { profile }),
    inputs: Object.fromEntries(node.inputs.map((input) => [input, context.versions.get(input)?.id ?? ""])),
    createdAt: context.ports.now().toISOString(),
    runId: context.runId,
    elapsed: built.elapsed,
  };
}

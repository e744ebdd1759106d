import { SluiceError } from "../errors.ts";
import type { RecordCounts } from "../graph/delivery.ts";
import type { DatasetId, DatasetNode, Graph, SourceNode } from "../graph/graph.ts";
import { called, type Version } from "../graph/version.ts";
import type { Stage } from "../plan/plan.ts";
import { schedule } from "../plan/schedule.ts";
import type { Lease } from "../store/store.ts";
import { adopt } from "./audit-version.ts";
import { buildModel } from "./build-model.ts";
import { buildView } from "./build-view.ts";
import type { Context, StageResult } from "./context.ts";
import type { RunEvent } from "./events.ts";
import type { Ports } from "./ports.ts";
import type { Prepared } from "./prepare.ts";
import { readFiles, readGenerator } from "./read-source.ts";

/** What came of a plan's stages. */
export interface Execution {
  /** The good version each dataset of the plan now stands at. */
  readonly versions: ReadonlyMap<DatasetId, Version>;
  readonly outcomes: ReadonlyMap<DatasetId, StageResult>;
  readonly dropped: readonly DatasetId[];
  /** By source: all records behind its newest candidate. */
  readonly rows: ReadonlyMap<DatasetId, RecordCounts>;
}

/** Errors that end the whole run: going on would help nobody. All others fail one dataset. */
const fatal: ReadonlySet<string> = new Set([
  "interrupted",
  "lease-lost",
  "disk-full",
  "disk-read-only",
  "state-damaged",
  "storage-damaged",
]);

/**
 * Execute the stages of a plan, each as soon as what it needs is done, as many at once as the executor
 * takes. A dataset that fails is held, and so is everything that depends on it.
 */
export async function execute(
  ports: Ports,
  graph: Graph,
  prepared: Prepared,
  run: {
    readonly lease: Lease;
    readonly runId: string;
    readonly signal: AbortSignal;
    readonly already: Context["already"];
    readonly onEvent: (event: RunEvent) => void;
  },
): Promise<Execution> {
  const { plan, state } = prepared;
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const versions = new Map(
    [...state.pointers].flatMap(([id, pointer]) => versionEntry(id, state.versions.get(pointer.version))),
  );
  const context: Context = { ports, graph, state, ...run, signal, versions };
  const nodes = new Map(graph.datasets.map((node) => [node.id, node]));
  const outcomes = new Map<DatasetId, StageResult>();
  const slot = slots((await ports.executor()).slots + 1);

  const settled = new Map<DatasetId, Promise<void>>();
  for (const { stage, node, after } of schedule(plan.stages, nodes)) {
    const before = after.flatMap((id) => settled.get(id) ?? []);
    const done = Promise.all(before).then(() =>
      slot(async () => {
        if (signal.aborted) throw new SluiceError("interrupted", "the run was stopped");
        const result = await runStage(context, stage, node, outcomes);
        outcomes.set(node.id, result);
        if (result.version) versions.set(node.id, result.version);
      }),
    );
    settled.set(node.id, done);
    done.catch(() => stop.abort());
  }
  await allOrFirstError([...settled.values()], run.signal);
  const dropped = plan.stages.filter((stage) => stage.kind === "drop").map((stage) => stage.dataset);
  for (const dataset of dropped)
    run.onEvent({ type: "finished", dataset, outcome: "dropped", elapsed: 0, findings: [] });
  const good = new Map([...outcomes].flatMap(([id, result]) => versionEntry(id, result.version)));
  const rows = new Map([...outcomes].flatMap(([id, { counts }]) => (counts ? [[id, counts] as const] : [])));
  return { versions: good, outcomes, dropped, rows };
}

const versionEntry = (id: DatasetId, version: Version | undefined): [DatasetId, Version][] =>
  version ? [[id, called(version, id)]] : [];

/** Wait for all, then raise the error that stopped the others rather than one of theirs. */
async function allOrFirstError(promises: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
  const ends = await Promise.allSettled(promises);
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length === 0) return;
  const interrupted = (error: unknown): boolean =>
    error instanceof SluiceError && error.code === "interrupted";
  if (signal.aborted)
    throw new SluiceError("interrupted", "the run was stopped before it published anything", {
      hint: "what was built is kept: sluice run goes on from there",
    });
  throw errors.find((error) => !interrupted(error)) ?? errors[0];
}

async function runStage(
  context: Context,
  stage: Stage,
  node: DatasetNode,
  outcomes: ReadonlyMap<DatasetId, StageResult>,
): Promise<StageResult> {
  const started = context.ports.now().getTime();
  const upstream = node.inputs.map((input) => outcomes.get(input)?.held).find((held) => held !== undefined);
  context.onEvent({ type: "started", dataset: node.id, stage: stage.kind });
  const result = upstream ? heldBy(upstream.by) : await attempt(context, stage, node);
  const elapsed = context.ports.now().getTime() - started;
  report(context, stage, node, result, elapsed);
  return result;
}

function heldBy(dataset: DatasetId): StageResult {
  return { outcome: "held", findings: [], held: { reason: `waits for ${dataset}`, by: dataset } };
}

async function attempt(context: Context, stage: Stage, node: DatasetNode): Promise<StageResult> {
  try {
    if (stage.kind === "reuse" || stage.kind === "audit") {
      const [version] = await context.ports.store.versions([stage.version]);
      if (version) return await adopt(context, node, version);
    }
    if (node.kind === "model")
      return await (node.materialized?.kind === "view" ? buildView : buildModel)(context, node);
    const listing = context.state.listings.get(node.id);
    if (listing) return await readFiles(context, node, listing);
    return (await alreadyRead(context, node)) ?? (await readGenerator(context, node));
  } catch (error) {
    if (!(error instanceof SluiceError) || fatal.has(error.code)) throw error;
    const details = error.details.length > 0 ? ` (${error.details.join("; ")})` : "";
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    return {
      outcome: "failed",
      findings: [],
      held: { reason: `${error.message}${details}${hint}`, by: node.id },
    };
  }
}

/** What a generator brought to the run that this one resumes: no build key finds it, and nobody is asked twice. */
async function alreadyRead(context: Context, node: SourceNode): Promise<StageResult | undefined> {
  const id = context.already.get(node.id);
  const [version] = id === undefined ? [] : await context.ports.store.versions([id]);
  return version?.fingerprint === node.fingerprint ? adopt(context, node, version) : undefined;
}

function report(
  context: Context,
  stage: Stage,
  node: DatasetNode,
  result: StageResult,
  elapsed: number,
): void {
  const { outcome, version, held, findings, delivery } = result;
  context.onEvent({
    type: "finished",
    dataset: node.id,
    outcome,
    elapsed,
    findings,
    ...(version ? { rows: version.rows } : {}),
    ...(delivery ? { delivery } : {}),
    ...(held ? { reason: held.reason } : {}),
  });
  if (outcome !== "failed" || !held) return;
  const last = context.versions.get(node.id);
  const keeps = last ? `readers keep the version of release ${context.state.base}` : "it was never published";
  context.onEvent({
    type: "incident",
    dataset: node.id,
    message: `${node.id} stopped: ${held.reason}; ${keeps}`,
    consumers: stage.consumers,
    ...(node.owner === undefined ? {} : { owner: node.owner }),
  });
}

/** At most `count` at once, in the order of asking. */
function slots(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

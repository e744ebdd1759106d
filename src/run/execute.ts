import { SluiceError } from "../errors.ts";
import type { RecordCounts } from "../graph/delivery.ts";
import type { DatasetId, DatasetNode, Graph, SourceNode } from "../graph/graph.ts";
import { lastChecks } from "../graph/references.ts";
import { called, type Version } from "../graph/version.ts";
import type { Stage } from "../plan/plan.ts";
import type { Lease } from "../store/store.ts";
import { adopt } from "./audit-version.ts";
import { buildModel } from "./build-model.ts";
import { buildView } from "./build-view.ts";
import { type Context, heldBy, type StageResult } from "./context.ts";
import type { RunEvent } from "./events.ts";
import type { Ports } from "./ports.ts";
import type { Prepared } from "./prepare.ts";
import { failureOf } from "./failure.ts";
import { judgeMonitors, type Monitored } from "./judge-monitors.ts";
import { judgeReferences } from "./judge-references.ts";
import { allOrFirstError } from "./all-or-first-error.ts";
import { personalIn } from "./shown-verdict.ts";
import { readFiles, readGenerator } from "./read-source.ts";

/** What came of a plan's stages. */
export interface Execution {
  /** The good version each dataset of the plan now stands at. */
  readonly versions: ReadonlyMap<DatasetId, Version>;
  readonly outcomes: ReadonlyMap<DatasetId, StageResult>;
  readonly dropped: readonly DatasetId[];
  /** By source: all records behind its newest candidate. */
  readonly rows: ReadonlyMap<DatasetId, RecordCounts>;
  /** What was measured of the datasets that would move. */
  readonly measures: Monitored["measures"];
}

/** A stage that is over. */
interface Ended {
  readonly node: DatasetNode;
  /** Milliseconds. */
  readonly elapsed: number;
}

/**
 * Execute the stages of a plan, each as soon as what it needs is done, as many at once as the executor
 * takes. A dataset that fails is held, and so is everything that depends on it. Checks about two datasets are asked
 * last, when it is known at which version each would be published.
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
    /** Told at which dataset the run breaks off, where it does. */
    readonly onBreak: (dataset: DatasetId) => void;
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
  const ended: Ended[] = [];
  for (const stage of plan.stages) {
    const node = nodes.get(stage.dataset);
    if (node === undefined) continue;
    const before = node.inputs.flatMap((id) => settled.get(id) ?? []);
    const done = Promise.all(before).then(() =>
      slot(async () => {
        if (signal.aborted) throw new SluiceError("interrupted", "the run was stopped");
        const started = ports.now().getTime();
        const result = await runStage(context, stage, node, outcomes).catch((error: unknown) => {
          run.onBreak(node.id);
          throw error;
        });
        outcomes.set(node.id, result);
        if (result.version) versions.set(node.id, result.version);
        const end = { node, elapsed: ports.now().getTime() - started };
        ended.push(end);
        if (lastChecks(node).length === 0) report(context, end, result);
      }),
    );
    settled.set(node.id, done);
    done.catch(() => stop.abort());
  }
  await allOrFirstError([...settled.values()], run.signal);
  const monitored = await judgeMonitors(context, outcomes);
  const revised = new Set([...monitored.revised, ...(await judgeReferences(context, outcomes))]);
  for (const end of ended) {
    const result = outcomes.get(end.node.id);
    if (result && (lastChecks(end.node).length > 0 || revised.has(end.node.id))) report(context, end, result);
  }
  const dropped = plan.stages.filter((stage) => stage.kind === "drop").map((stage) => stage.dataset);
  for (const dataset of dropped)
    run.onEvent({ type: "finished", dataset, outcome: "dropped", elapsed: 0, findings: [] });
  const good = new Map([...outcomes].flatMap(([id, result]) => versionEntry(id, result.version)));
  const rows = new Map([...outcomes].flatMap(([id, { counts }]) => (counts ? [[id, counts] as const] : [])));
  return { versions: good, outcomes, dropped, rows, measures: monitored.measures };
}

const versionEntry = (id: DatasetId, version: Version | undefined): [DatasetId, Version][] =>
  version ? [[id, called(version, id)]] : [];

async function runStage(
  context: Context,
  stage: Stage,
  node: DatasetNode,
  outcomes: ReadonlyMap<DatasetId, StageResult>,
): Promise<StageResult> {
  const offer = offered(context, stage);
  if (offer) return offer;
  const upstream = node.inputs.map((input) => outcomes.get(input)?.held).find((held) => held !== undefined);
  context.onEvent({ type: "started", dataset: node.id, stage: stage.kind });
  return upstream ? heldBy(upstream.by) : await attempt(context, stage, node);
}

/** What a promotion takes over as it is: it was built and judged where it comes from. */
function offered({ state }: Context, stage: Stage): StageResult | undefined {
  const offer = stage.kind === "reuse" ? state.promotion?.offers.get(stage.dataset) : undefined;
  if (offer === undefined) return undefined;
  const { version, held } = offer;
  return {
    outcome: "reused",
    version: called(version, stage.dataset),
    findings: [],
    ...(version.counts ? { counts: version.counts } : {}),
    ...(held ? { held } : {}),
  };
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
    return {
      outcome: "failed",
      findings: [],
      held: { reason: failureOf(error, () => isPersonal(context, node)), by: node.id },
    };
  }
}

/** Whether a dataset, or one that it is built from, may hold personal data. */
const isPersonal = ({ graph }: Context, { id, inputs }: DatasetNode): boolean =>
  [id, ...inputs].some((one) => (personalIn(graph).get(one)?.size ?? 0) > 0);

/** What a generator brought to the run that this one resumes: no build key finds it, and nobody is asked twice. */
async function alreadyRead(context: Context, node: SourceNode): Promise<StageResult | undefined> {
  const id = context.already.get(node.id);
  const [version] = id === undefined ? [] : await context.ports.store.versions([id]);
  return version?.fingerprint === node.fingerprint ? adopt(context, node, version) : undefined;
}

function report(context: Context, { node, elapsed }: Ended, result: StageResult): void {
  const { outcome, version, held, findings, delivery, parts } = result;
  context.onEvent({
    type: "finished",
    dataset: node.id,
    outcome,
    elapsed,
    findings,
    ...(version ? { rows: version.rows } : {}),
    ...(delivery ? { delivery } : {}),
    ...(parts ? { parts } : {}),
    ...(held ? { reason: held.reason } : {}),
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

import { SluiceError } from "../errors.ts";
import { personalColumns } from "../govern/personal-columns.ts";
import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { auditResults } from "./audit-results.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import {
  checksRun,
  datasetDropped,
  datasetEnded,
  datasetStarted,
  type LineageEnd,
  type LineageEvent,
  type LineageRun,
  runEnded,
  runStarted,
} from "./open-lineage.ts";
import { pointedVersions } from "./pointed-versions.ts";
import type { Ports } from "./ports.ts";
import type { CompiledProject } from "./prepare.ts";

/** What is kept of a run until it is known what was published. */
interface Watched {
  run: LineageRun | undefined;
  readonly ended: Map<DatasetId, string>;
  readonly started: Set<DatasetId>;
  readonly dropped: Map<DatasetId, string>;
}

/**
 * Watch a run and tell a sink of it: that something begins at once, how it ended when the release is there.
 * Nothing that goes wrong with telling reaches the run but as a warning.
 */
export async function reportLineage(
  ports: Ports,
  { graph }: CompiledProject,
  environment: string,
  onEvent: (event: RunEvent) => void,
  work: (onEvent: (event: RunEvent) => void) => Promise<RunSummary>,
): Promise<RunSummary> {
  const { lineage } = ports;
  if (!lineage) return await work(onEvent);
  const sink = lineage.open();
  const send = (event: LineageEvent): void => sink.send(event);
  const nodes = new Map(graph.datasets.map((node) => [node.id, node]));
  const watched: Watched = { run: undefined, ended: new Map(), started: new Set(), dropped: new Map() };
  const watch = (event: RunEvent): void => {
    onEvent(event);
    const at = ports.now().toISOString();
    if (event.type === "planned" && event.plan.stages.length > 0) {
      const { namespace, producer } = lineage;
      const personal = personalColumns(graph);
      const context = { graph, environment, namespace, producer, root: ports.root, personal };
      watched.run = { ...context, runId: event.runId, startedAt: at, engine: ports.engine.version };
      send(runStarted(watched.run));
    }
    const node = "dataset" in event && event.dataset !== undefined ? nodes.get(event.dataset) : undefined;
    if (event.type === "started" && node && watched.run) {
      watched.started.add(node.id);
      send(datasetStarted(watched.run, node, at));
    }
    if (event.type === "finished") {
      if (event.outcome === "dropped") watched.dropped.set(event.dataset, at);
      else watched.ended.set(event.dataset, at);
    }
  };
  let failure: unknown;
  try {
    const summary = await work(watch);
    await tell(() => published(ports, watched, nodes, summary, send));
    return summary;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (failure !== undefined) await tell(async () => givenUp(ports, watched, nodes, failure, send));
    const { lost, delivered, to, problem } = await sink.close();
    if (lost > 0) {
      const message = `${lost} of ${lost + delivered} lineage events could not be delivered to ${to}: ${problem ?? "unknown"}`;
      onEvent({ type: "warning", message });
    }
  }
}

/** Whatever goes wrong while telling must not spoil what is told about. */
async function tell(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}

type Nodes = ReadonlyMap<DatasetId, DatasetNode>;

/** The run came to its end: what it left in the store is what is told. */
async function published(
  { store, now }: Ports,
  watched: Watched,
  nodes: Nodes,
  summary: RunSummary,
  send: (event: LineageEvent) => void,
): Promise<void> {
  const { run } = watched;
  if (!run) return;
  const pointers =
    summary.current === 0 ? [] : (await store.pointers(run.environment, summary.current)).values();
  const current = await pointedVersions(store, pointers);
  const held = await store.held(run.environment);
  const refused = await pointedVersions(
    store,
    [...watched.started].flatMap((dataset) => {
      const candidate = held[dataset]?.by === dataset ? held[dataset].candidate : undefined;
      return candidate === undefined ? [] : [{ dataset, version: candidate }];
    }),
  );
  const versions = new Map(current.map((version) => [version.dataset, version]));
  const audited = new Map([...versions, ...refused.map((version) => [version.dataset, version] as const)]);
  const asked = [...watched.started].flatMap((id) => {
    const [node, version] = [nodes.get(id), audited.get(id)];
    return node && version ? [{ node, version }] : [];
  });
  const results = await auditResults(store, run.graph, asked, (id) => versions.get(id));
  const at = now().toISOString();
  for (const id of watched.started) {
    const node = nodes.get(id);
    if (!node) continue;
    const over = watched.ended.get(id) ?? at;
    const why = held[id];
    const end: LineageEnd = why
      ? { at: over, type: why.by === id ? "FAIL" : "ABORT", message: why.reason }
      : { at: over, type: "COMPLETE" };
    const version = audited.get(id);
    if (version && (!why || why.candidate !== undefined))
      for (const event of checksRun(run, node, version, results.get(version.id) ?? [], over)) send(event);
    send(datasetEnded(run, node, end, versions));
  }
  for (const [id, over] of watched.dropped) for (const event of datasetDropped(run, id, over)) send(event);
  const failed = summary.failed.length > 0;
  const message = `${summary.failed.join(", ")} failed`;
  send(
    runEnded(
      run,
      failed ? { at, type: "FAIL", message } : { at, type: "COMPLETE" },
      summary.release ?? undefined,
    ),
  );
}

/** The run threw: nothing was published. */
function givenUp(
  { now }: Ports,
  { run, started }: Watched,
  nodes: Nodes,
  failure: unknown,
  send: (event: LineageEvent) => void,
): void {
  if (!run) return;
  const at = now().toISOString();
  const reason = failure instanceof Error ? failure.message : String(failure);
  const interrupted = failure instanceof SluiceError && failure.code === "interrupted";
  for (const id of started) {
    const node = nodes.get(id);
    const end: LineageEnd = { at, type: "ABORT", message: `nothing was published: ${reason}` };
    if (node) send(datasetEnded(run, node, end, new Map()));
  }
  send(runEnded(run, { at, type: interrupted ? "ABORT" : "FAIL", message: reason }, undefined));
}

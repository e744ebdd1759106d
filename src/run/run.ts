/**
 * The run: take the lease, plan, execute the stages, publish everything good in one transaction. Whatever
 * dies whenever, the environment stays as it was until that transaction, and the next run goes on from
 * what was finished.
 */
import type { PlanState } from "../plan/make-plan.ts";
import { SluiceError } from "../errors.ts";
import type { Lease, NewEvent, RunState } from "../store/store.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import { execute, type Execution } from "./execute.ts";
import { type CompiledProject, type Prepared, prepareWithState, type Scope } from "./prepare.ts";
import type { Ports } from "./ports.ts";
import { heldAfter } from "./held-after.ts";
import { settledBy } from "./settled.ts";
import { summarise } from "./summarise.ts";

export interface RunRequest extends Scope {
  readonly who: string;
  readonly why: string;
  /** `good` publishes what passed and holds the rest, `all` publishes everything or nothing. */
  readonly publish: "good" | "all";
  readonly signal: AbortSignal;
  /** Signature of the project's files, to recognise next time that nothing changed. */
  readonly signature: string;
}

/**
 * Run a project in an environment. Errors: `environment-busy`, `lease-lost`, `base-moved`, `interrupted`,
 * and whatever the store or storage raises; a failing dataset is no error but an outcome.
 */
export async function run(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  onEvent: (event: RunEvent) => void,
): Promise<RunSummary> {
  const lease = await ports.store.acquire(request.environment, ports.holder, ports.isAlive);
  try {
    await ports.storage.sweep(ports.isOwnerAlive);
    const started = ports.now();
    const prepared = await prepareWithState(ports, project, request);
    const runId = ports.newId();
    onEvent({ type: "planned", runId, plan: prepared.plan });
    if (prepared.plan.stages.length === 0) return await nothingToDo(ports, project, request, lease, prepared);
    return await carryOut(ports, project, request, { lease, prepared, runId, started, onEvent });
  } finally {
    await ports.store.yield(lease);
  }
}

interface Carried {
  readonly lease: Lease;
  readonly prepared: Prepared;
  readonly runId: string;
  readonly started: Date;
  readonly onEvent: (event: RunEvent) => void;
}

async function carryOut(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  carried: Carried,
): Promise<RunSummary> {
  const { lease, prepared, runId, started, onEvent } = carried;
  const { state } = prepared;
  await ports.store.saveGraph(project.graphHash, project.graph);
  await ports.store.beginRun(lease, {
    id: runId,
    environment: request.environment,
    state: "running",
    epoch: lease.epoch,
    base: state.base,
    graphHash: project.graphHash,
    startedAt: started.toISOString(),
  });
  let end: RunState = "failed";
  let release: number | undefined;
  try {
    const execution = await execute(ports, project.graph, prepared, {
      lease,
      runId,
      signal: request.signal,
      onEvent,
    });
    release = await publish(ports, project, request, carried, execution);
    end = release === undefined ? "unchanged" : "published";
    const summary = summarise({
      request,
      runId,
      release,
      base: state.base,
      execution,
      prepared,
      elapsed: ports.now().getTime() - started.getTime(),
    });
    if (summary.held.length === 0) await settle(ports, project, request, lease, state, summary.current);
    else end = release === undefined ? "failed" : end;
    return summary;
  } catch (error) {
    if (error instanceof SluiceError && error.code === "interrupted") end = "interrupted";
    throw error;
  } finally {
    await endRun(ports, lease, runId, end, release);
  }
}

/** The end of a run is worth recording, but a lost lease or a full disk must not hide what really happened. */
async function endRun(
  ports: Ports,
  lease: Lease,
  runId: string,
  state: RunState,
  release: number | undefined,
): Promise<void> {
  const endedAt = ports.now().toISOString();
  await ports.store
    .endRun(lease, runId, { state, endedAt, ...(release === undefined ? {} : { release }) })
    .catch(() => undefined);
}

async function nothingToDo(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  lease: Lease,
  prepared: Prepared,
): Promise<RunSummary> {
  const { state } = prepared;
  const execution: Execution = { versions: new Map(), outcomes: new Map(), dropped: [], rows: new Map() };
  if (
    [...state.pointers.values()].some((pointer) => pointer.held !== undefined) &&
    request.select === undefined
  ) {
    await ports.store.hold(lease, {}, []);
  }
  await settle(ports, project, request, lease, state, state.base);
  return summarise({
    request,
    runId: null,
    release: undefined,
    base: state.base,
    execution,
    prepared,
    elapsed: 0,
  });
}

async function settle(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  lease: Lease,
  state: PlanState,
  release: number,
): Promise<void> {
  if (request.select !== undefined) return;
  const settled = settledBy(project.graph, state, { signature: request.signature, release });
  if (settled) await ports.store.settle(lease, settled);
}

/** Move the pointers to everything good, all at once; or only record who is held when there is nothing to move. */
async function publish(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  { lease, prepared, runId, onEvent }: Carried,
  execution: Execution,
): Promise<number | undefined> {
  if (request.signal.aborted)
    throw new SluiceError("interrupted", "the run was stopped before it published anything");
  const { state } = prepared;
  const at = ports.now().toISOString();
  const failed = [...execution.outcomes.values()].some((outcome) => outcome.held !== undefined);
  const changes = request.publish === "all" && failed ? {} : changesOf(execution, state);
  const held = heldAfter(project.graph, state, execution, { at, runId, all: request.publish === "all" });
  const events: NewEvent[] = Object.entries(held)
    .filter(([dataset, why]) => why.by === dataset && why.runId === runId)
    .map(([dataset, why]) => ({
      type: "incident.opened",
      at,
      environment: request.environment,
      runId,
      dataset,
      data: { reason: why.reason },
    }));
  if (Object.keys(changes).length === 0) {
    await ports.store.hold(lease, held, events);
    return undefined;
  }
  const { environment, who, why } = request;
  const { graphHash } = project;
  const release = await ports.store.publish(lease, {
    environment,
    kind: "publish",
    base: state.base,
    at,
    who,
    why,
    runId,
    graphHash,
    changes,
    held,
    events,
  });
  onEvent({ type: "published", release, datasets: Object.keys(changes) });
  return release;
}

function changesOf(execution: Execution, state: PlanState): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const [dataset, version] of execution.versions) {
    if (state.pointers.get(dataset)?.version !== version.id) changes[dataset] = version.id;
  }
  for (const dataset of execution.dropped) changes[dataset] = null;
  return changes;
}

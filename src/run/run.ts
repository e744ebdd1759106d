/**
 * The run: take the lease, plan, execute the stages, publish everything good in one transaction. Whatever
 * dies whenever, the environment stays as it was until that transaction, and the next run goes on from
 * what was finished. This room speaks to ports only, and never decides what it could ask the heart.
 */
import { SluiceError } from "../errors.ts";
import type { Lease, RunState } from "../store/store.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import { execute, type Execution } from "./execute.ts";
import { withLease } from "./lease.ts";
import type { Ports } from "./ports.ts";
import { type CompiledProject, type Prepared, prepareWithState, type Scope } from "./prepare.ts";
import { publish } from "./publish.ts";
import { reportLineage } from "./report-lineage.ts";
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

/** One run on its way. */
interface Run {
  readonly ports: Ports;
  readonly project: CompiledProject;
  readonly request: RunRequest;
  readonly lease: Lease;
  readonly prepared: Prepared;
  readonly started: Date;
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
  const { environment } = request;
  return reportLineage(ports, project, environment, onEvent, (watched) =>
    runLeased(ports, project, request, watched),
  );
}

async function runLeased(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  onEvent: (event: RunEvent) => void,
): Promise<RunSummary> {
  const work = async (lease: Lease, lost: AbortSignal): Promise<RunSummary> => {
    const started = ports.now();
    await tidyUp(ports, lease);
    const prepared = await prepareWithState(ports, project, request);
    const runId = ports.newId();
    onEvent({ type: "planned", runId, plan: prepared.plan });
    const signal = AbortSignal.any([request.signal, lost]);
    const run = { ports, project, request: { ...request, signal }, lease, prepared, started };
    return prepared.plan.stages.length === 0 ? nothingToDo(run) : carryOut(run, runId, onEvent);
  };
  return withLease(ports, request.environment, work, (message) => onEvent({ type: "warning", message }));
}

/** What processes that died left behind: staged files, and runs nobody ended. */
async function tidyUp(ports: Ports, lease: Lease): Promise<void> {
  await ports.storage.sweep(ports.isOwnerAlive);
  const endedAt = ports.now().toISOString();
  for (const { id, environment, state } of await ports.store.runs(20)) {
    if (state === "running" && environment === lease.environment) {
      await ports.store.endRun(lease, id, { state: "superseded", endedAt });
    }
  }
}

async function carryOut(run: Run, runId: string, onEvent: (event: RunEvent) => void): Promise<RunSummary> {
  const { ports, project, request, lease, prepared, started } = run;
  await ports.store.saveGraph(project.graphHash, project.graph);
  await ports.store.beginRun(lease, {
    id: runId,
    environment: request.environment,
    state: "running",
    epoch: lease.epoch,
    base: prepared.state.base,
    graphHash: project.graphHash,
    startedAt: started.toISOString(),
  });
  let end: RunState = "failed";
  let release: number | undefined;
  try {
    const { signal } = request;
    const execution = await execute(ports, project.graph, prepared, { lease, runId, signal, onEvent });
    const published = await publish(ports, project, prepared, execution, { ...request, lease, runId });
    if (published) onEvent({ type: "published", ...published });
    release = published?.release;
    const summary = summaryOf(run, runId, release, execution);
    if (release !== undefined) end = "published";
    else if (summary.held.length === 0) end = "unchanged";
    await settle(run, summary);
    return summary;
  } catch (error) {
    if (error instanceof SluiceError && error.code === "interrupted") end = "interrupted";
    throw error;
  } finally {
    await endRun(run, runId, end, release);
  }
}

/** The end of a run is worth recording, but a lost lease or a full disk must not hide what really happened. */
async function endRun(run: Run, id: string, state: RunState, release: number | undefined): Promise<void> {
  const endedAt = run.ports.now().toISOString();
  const end = { state, endedAt, ...(release === undefined ? {} : { release }) };
  await run.ports.store.endRun(run.lease, id, end).catch(() => undefined);
}

async function nothingToDo(run: Run): Promise<RunSummary> {
  const nobody = Object.keys(run.prepared.held).length === 0;
  if (!nobody && run.request.select === undefined) await run.ports.store.hold(run.lease, {}, []);
  const summary = summaryOf(run, null, undefined, {
    versions: new Map(),
    outcomes: new Map(),
    dropped: [],
    rows: new Map(),
  });
  await settle(run, summary);
  return summary;
}

function summaryOf(
  run: Run,
  runId: string | null,
  release: number | undefined,
  execution: Execution,
): RunSummary {
  const elapsed = run.ports.now().getTime() - run.started.getTime();
  return summarise({ runId, release, prepared: run.prepared, execution, elapsed });
}

/** Remember that a run would have nothing to do; only a whole run that held nobody proves it. */
async function settle(run: Run, summary: RunSummary): Promise<void> {
  if (run.request.select !== undefined || summary.held.length > 0) return;
  const settled = settledBy(run.project.graph, run.prepared.state, {
    signature: run.request.signature,
    release: summary.current,
    rows: summary.rows,
  });
  if (settled) await run.ports.store.settle(run.lease, settled);
}

/**
 * The run: take the lease, plan, execute the stages, publish everything good in one transaction. Whatever
 * dies whenever, the environment stays as it was until that transaction, and the next run goes on from
 * what was finished. This room speaks to ports only, and never decides what it could ask the heart.
 */
import { SluiceError } from "../errors.ts";
import { freshUntil } from "../flow/freshness.ts";
import type { Incident } from "../flow/incident.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { Lease, RunEnd, RunRecord, Settled } from "../store/store.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import { execute, type Execution } from "./execute.ts";
import { withHooks } from "./hooks.ts";
import { type Journal, openJournal, startedEvent } from "./journal.ts";
import { withLease } from "./lease.ts";
import { observeBreak, tellsOfBreak } from "./observe-break.ts";
import { observeNothing, tellsNewAge } from "./observe.ts";
import type { Ports } from "./ports.ts";
import { type CompiledProject, type Prepared, prepareWithState, type Scope } from "./prepare.ts";
import { publish } from "./publish.ts";
import { reportLineage } from "./report-lineage.ts";
import { settledBy } from "./settled.ts";
import { dataAges, logicalMoment } from "./data-ages.ts";
import { summarise } from "./summarise.ts";
import { tellIncidents, tellIncidentsAt } from "./tell-incidents.ts";

export interface RunRequest extends Scope {
  readonly who: string;
  readonly why: string;
  /** `good` publishes what passed and holds the rest, `all` publishes everything or nothing. */
  readonly publish: "good" | "all";
  readonly signal: AbortSignal;
  /** Signature of the project's files, to recognise next time that nothing changed; none where the project is not theirs. */
  readonly signature: string | undefined;
  /** The run behind whose finished stages this one goes on, and the versions it recorded. */
  readonly resumes?: { readonly run: string; readonly built: ReadonlyMap<DatasetId, string> };
  /** For a promotion: what is promoted, such as `dev@12`. */
  readonly promotes?: string;
  /** For a promotion: the unresolved incidents of where it comes from. */
  readonly brought?: readonly Incident[];
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
  const warn = (message: string): void => onEvent({ type: "warning", message });
  return withHooks(ports, warn, () =>
    reportLineage(ports, project, environment, onEvent, (watched) =>
      runLeased(ports, project, request, watched, () => prepareWithState(ports, project, request)),
    ),
  );
}

/** Make a plan with the right to write to its environment, and carry it out. */
export async function runLeased(
  ports: Ports,
  project: CompiledProject,
  request: RunRequest,
  onEvent: (event: RunEvent) => void,
  prepare: () => Promise<Prepared>,
): Promise<RunSummary> {
  const work = async (lease: Lease, stop: AbortSignal): Promise<RunSummary> => {
    const started = ports.now();
    const runId = ports.newId();
    await tidyUp(ports, lease, runId);
    const prepared = await prepare();
    onEvent({ type: "planned", runId, plan: prepared.plan });
    const signal = AbortSignal.any([request.signal, stop]);
    const run = { ports, project, request: { ...request, signal }, lease, prepared, started };
    return isIdle(prepared) ? nothingToDo(run, onEvent) : carryOut(run, runId, onEvent);
  };
  return withLease(ports, request.environment, work, (message) => onEvent({ type: "warning", message }));
}

/** Whether there is nothing to build, to judge or to record. */
const isIdle = ({ plan }: Prepared): boolean => plan.stages.length === 0 && !plan.restated;

/** What processes that died left behind: staged files, and runs nobody ended. */
async function tidyUp(ports: Ports, lease: Lease, next: string): Promise<void> {
  const { store } = ports;
  await ports.storage.sweep(ports.isOwnerAlive);
  const endedAt = ports.now().toISOString();
  const reason = `its process died, and run ${next} took over`;
  for (const { id, release } of await store.runs(20, { environment: lease.environment, state: "running" })) {
    const published = release !== undefined;
    await store.endRun(lease, id, {
      ...(published ? { state: "published" } : { state: "superseded", reason }),
      endedAt,
    });
  }
}

async function carryOut(run: Run, runId: string, onEvent: (event: RunEvent) => void): Promise<RunSummary> {
  const { ports, project, request, lease, prepared } = run;
  await ports.store.saveGraph(project.graphHash, project.graph);
  await begin(run, runId);
  const journal = openJournal(ports, lease, runId);
  const listen = (event: RunEvent): void => {
    journal.heard(event);
    onEvent(event);
  };
  let end: Omit<RunEnd, "endedAt"> = { state: "failed" };
  let brokeAt: DatasetId | undefined;
  try {
    const { signal, resumes } = request;
    const already = resumes?.built ?? new Map<DatasetId, string>();
    const onBreak = (dataset: DatasetId): void => void (brokeAt ??= dataset);
    const settings = { lease, runId, signal, already, onEvent: listen, onBreak };
    const execution = await execute(ports, project.graph, prepared, settings);
    // They end while this is published, so that nobody waits for them.
    (await ports.executor()).cool();
    const published = await publish(ports, project, prepared, execution, { ...request, lease, runId });
    if (published) onEvent({ type: "published", ...published });
    const summary = summaryOf(run, runId, published?.release, execution);
    const settled = settledAt(run, summary, execution.versions);
    end = { ...endOf(summary), ...(settled === undefined ? {} : { settled }) };
    await tellIncidents(ports, runId, prepared.state, onEvent);
    return summary;
  } catch (error) {
    end = brokenOff(end, error, request.signal);
    if (end.state === "failed" && end.release === undefined) {
      const broken = { graph: project.graph, prepared, lease, runId, who: request.who, error, at: brokeAt };
      await observeBreak(ports, broken, onEvent);
    }
    throw error;
  } finally {
    await endRun(run, runId, end, journal);
  }
}

async function begin({ ports, project, request, lease, prepared, started }: Run, id: string): Promise<void> {
  const { plan, state } = prepared;
  const { environment, who, why, select, publish: how, resumes, promotes } = request;
  const record: RunRecord = {
    id,
    environment,
    state: "running",
    epoch: lease.epoch,
    base: state.base,
    graphHash: project.graphHash,
    startedAt: started.toISOString(),
    who,
    why,
    ...(select === undefined ? {} : { select }),
    publish: how,
    ...(resumes === undefined ? {} : { resumes: resumes.run }),
    ...(promotes === undefined ? {} : { promotes }),
    planned: plan.stages.length,
    finished: 0,
  };
  await ports.store.beginRun(lease, record, [
    startedEvent(plan, { at: record.startedAt, environment, runId: id }),
  ]);
}

/** How a run ended that came to its end. */
function endOf({ release, held, failed }: RunSummary): Omit<RunEnd, "endedAt"> {
  if (release !== null) return { state: "published", release };
  if (held.length === 0) return { state: "unchanged" };
  const others = held.length - failed.length;
  const reason = `${failed.join(", ")} failed${others > 0 ? `, ${others} held with it` : ""}`;
  return { state: "failed", reason };
}

/** How a run ended that threw. What was published by then stays published. */
function brokenOff(
  end: Omit<RunEnd, "endedAt">,
  error: unknown,
  signal: AbortSignal,
): Omit<RunEnd, "endedAt"> {
  if (end.release !== undefined) return end;
  // Whoever stopped the run says why better than what broke off.
  const cause: unknown = signal.aborted && signal.reason instanceof SluiceError ? signal.reason : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const interrupted = cause instanceof SluiceError && cause.code === "interrupted";
  return { state: interrupted ? "interrupted" : "failed", reason };
}

/** The end of a run is worth recording, but a lost lease or a full disk must not hide what really happened. */
async function endRun(
  { ports, lease }: Run,
  id: string,
  end: Omit<RunEnd, "endedAt">,
  journal: Journal,
): Promise<void> {
  const notes = await journal.close();
  const endedAt = ports.now().toISOString();
  await ports.store.endRun(lease, id, { ...end, endedAt }, notes).catch(() => undefined);
}

/** How many open incidents are looked at to see whether a source has become too old, or came again. */
const mostOpen = 1000;

async function nothingToDo(run: Run, onEvent: (event: RunEvent) => void): Promise<RunSummary> {
  const nobody = Object.keys(run.prepared.state.held).length === 0;
  const { environment, select, promotes, who } = run.request;
  const { store } = run.ports;
  if (select === undefined && promotes === undefined) {
    const at = run.ports.now().toISOString();
    const seen = observeNothing(run.project.graph, run.prepared, { at, who });
    const open = await store.incidents(mostOpen, { environment, unresolved: true });
    if (!nobody || tellsNewAge(seen, open) || open.some(tellsOfBreak)) {
      await store.hold(run.lease, {}, [], seen);
      await tellIncidentsAt(run.ports, at, run.prepared.state, onEvent);
    }
  }
  const summary = summaryOf(run, null, undefined, {
    versions: new Map(),
    outcomes: new Map(),
    dropped: [],
    rows: new Map(),
    measures: new Map(),
  });
  const settled = settledAt(run, summary, new Map());
  if (settled) await store.settle(run.lease, settled);
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

/** Proof that the next run would have nothing to do; only a whole run that held nobody gives it. */
function settledAt(
  run: Run,
  summary: RunSummary,
  made: ReadonlyMap<DatasetId, Version>,
): Settled | undefined {
  const { select, signature } = run.request;
  if (select !== undefined || signature === undefined || summary.held.length > 0) return undefined;
  const { state } = run.prepared;
  return settledBy(run.project.graph, state, {
    signature,
    release: summary.current,
    rows: summary.rows,
    until: freshUntil(dataAges(run.project.graph, state, made, {}), logicalMoment(state)),
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import { heardOf } from "./environment.ts";
import type { Holding, Lease, RunRecord } from "../store/store.ts";
import { isHere, withLease } from "./lease.ts";
import type { Ports } from "./ports.ts";
import { findRun, type RunStatus, statusOf } from "./runs.ts";

export interface CancelRequest {
  /** The beginning of a run's id; without it, what is on its way in `environment`. */
  readonly id?: string | undefined;
  readonly environment: string;
  readonly who: string;
  readonly why: string;
  /** Whether to wait until the run has ended. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Told in words what is waited for. */
  readonly onWait: (message: string) => void;
}

/** Milliseconds between looks at a run that was asked to stop. */
const interval = 200;

/**
 * Ask a run to stop, wherever it is, through the store: it hears of it with its next sign of life. A run that
 * died is marked as interrupted. Returns the run as it then stands: it may have published before it heard.
 * Errors: `unknown-run`, `run-over`, `interrupted` while waiting.
 */
export async function cancel(ports: Ports, request: CancelRequest): Promise<RunStatus> {
  const run = await runToStop(ports, request);
  if (run.state === "died") return bury(ports, run, request);
  if (run.state !== "running") throw over(run);
  const at = ports.now().toISOString();
  const { who, why } = request;
  if (!(await ports.store.cancelRun(run.id, { at, who, why }))) throw over(await again(ports, run));
  return request.wait ? ended(ports, run, request) : again(ports, run);
}

async function runToStop(ports: Ports, { id, environment }: CancelRequest): Promise<RunStatus> {
  if (id !== undefined) return findRun(ports, id);
  const [run] = await ports.store.runs(1, { environment, state: "running" });
  if (run !== undefined) return statusOf(ports, run);
  await heardOf(ports, environment);
  throw new SluiceError("unknown-run", `no run of "${environment}" is on its way`, {
    hint: "sluice runs lists those of all environments",
  });
}

const over = (run: RunStatus): SluiceError =>
  new SluiceError("run-over", `run ${run.id} of "${run.environment}" has ended already: ${endOf(run)}`, {
    hint: `sluice runs ${run.id.slice(0, 8)} says more of it`,
  });

/** How a run ended, in words. */
export function endOf({ state, release, reason }: RunStatus): string {
  if (release !== undefined) return `it published release ${release}`;
  return reason === undefined ? state : `${state}: ${reason}`;
}

/** A run as it stands now. */
async function again(ports: Ports, { id }: RunStatus): Promise<RunStatus> {
  return findRun(ports, id);
}

/** Wait until a run has ended, or shows that it never will. */
async function ended(ports: Ports, asked: RunStatus, request: CancelRequest): Promise<RunStatus> {
  const { environment, id } = asked;
  const first = await ports.store.holding(environment);
  if (first !== undefined) {
    const { pid, who, host } = first.holder;
    const seconds = Math.ceil(ports.signsOfLife.silence / 1000);
    const lives = isHere(ports.holder, first.holder) ? "" : `, or gave no sign of life for ${seconds} s`;
    request.onWait(
      `asked run ${id} (process ${pid} of "${who}" on "${host}") to stop; waiting until it has ended${lives}`,
    );
  }
  let beat = first?.beat;
  let heard = performance.now();
  for (;;) {
    const run = await again(ports, asked);
    if (run.state === "died") return bury(ports, run, request);
    if (run.state !== "running") return run;
    const holding = await ports.store.holding(environment);
    if (holding !== undefined && holding.beat !== beat) [beat, heard] = [holding.beat, performance.now()];
    const silent = performance.now() - heard > ports.signsOfLife.silence;
    if (silent && !(holding !== undefined && isHere(ports.holder, holding.holder)))
      return bury(ports, run, request, holding);
    await sleep(interval, undefined, { signal: request.signal }).catch(() => {
      throw new SluiceError("interrupted", `run ${id} is still on its way; it stays asked to stop`, {
        hint: `sluice runs ${id.slice(0, 8)} says what became of it`,
      });
    });
  }
}

/** Mark a run that died as interrupted, with the right to write: so it cannot come back. */
async function bury(
  ports: Ports,
  { id, environment }: RunStatus,
  request: CancelRequest,
  silent?: Holding,
): Promise<RunStatus> {
  const { who, why, onWait } = request;
  const mark = async (lease: Lease): Promise<void> => {
    const [run] = await ports.store.runs(1, { id });
    if (run?.state !== "running") return;
    await ports.store.endRun(lease, id, { ...endOfDead(run, who, why), endedAt: ports.now().toISOString() });
  };
  await withLease(ports, environment, mark, onWait, silent);
  return findRun(ports, id);
}

function endOfDead({ release }: RunRecord, who: string, why: string): Pick<RunRecord, "state" | "reason"> {
  if (release !== undefined) return { state: "published" };
  const because = why === "" ? "" : `: ${why}`;
  return { state: "interrupted", reason: `its process died; cancelled by "${who}"${because}` };
}

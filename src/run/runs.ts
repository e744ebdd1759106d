import { SluiceError } from "../errors.ts";
import type { RunRecord, RunState } from "../store/store.ts";
import type { Event } from "../flow/event.ts";
import type { Outcome } from "./events.ts";
import type { PlannedStage } from "./journal.ts";
import type { Ports } from "./ports.ts";

/** A run as it stands: one that nobody carries on any more has died, whatever its record says. */
export interface RunStatus extends Omit<RunRecord, "state"> {
  readonly state: RunState | "died";
}

/** One stage of a run: what was planned, and what came of it. */
export interface RunStage extends PlannedStage {
  /** Absent while it is not finished. */
  readonly outcome?: Outcome;
  /** Milliseconds. */
  readonly elapsed?: number;
  readonly rows?: number;
  /** Why it failed or is held. */
  readonly reason?: string;
  readonly findings: readonly {
    readonly name: string;
    readonly severity: string;
    readonly message: string;
  }[];
}

/** Everything that is known of a run. */
export interface RunAccount extends RunStatus {
  readonly stages: readonly RunStage[];
  readonly warnings: readonly { readonly message: string; readonly dataset?: string }[];
}

type RunPorts = Pick<Ports, "store" | "isAlive">;

/** The newest runs, newest first. */
export async function listRuns(
  ports: RunPorts,
  limit: number,
  environment?: string,
): Promise<readonly RunStatus[]> {
  const runs = await ports.store.runs(limit, { environment });
  return await Promise.all(runs.map((run) => statusOf(ports, run)));
}

/** The run whose id begins so. Errors: `unknown-run`, `bad-usage` where several do. */
export async function findRun(ports: RunPorts, id: string): Promise<RunStatus> {
  const runs = id === "" ? [] : await ports.store.runs(4, { id: id.toLowerCase() });
  const [run] = runs;
  if (run === undefined) {
    throw new SluiceError("unknown-run", `there is no run whose id begins with "${id}"`, {
      hint: "sluice runs lists them",
    });
  }
  if (runs.length > 1) {
    const some = runs.slice(0, 3).map((one) => one.id);
    throw new SluiceError("bad-usage", `several runs have an id that begins with "${id}"`, {
      hint: `write more of it: ${some.join(", ")}${runs.length > 3 ? ", …" : ""}`,
    });
  }
  return statusOf(ports, run);
}

/**
 * How a run stands. One on this machine lives or does not; one on another is taken to live while it holds the
 * environment: only whoever wants that can wait for a sign of life.
 */
export async function statusOf({ store, isAlive }: RunPorts, run: RunRecord): Promise<RunStatus> {
  if (run.state !== "running") return run;
  const holding = await store.holding(run.environment);
  return holding?.epoch === run.epoch && isAlive(holding.holder, holding)
    ? run
    : { ...run, state: run.release === undefined ? "died" : "published" };
}

/** A run with all it told of itself. */
export async function accountOf({ store }: RunPorts, run: RunStatus): Promise<RunAccount> {
  const events = await store.runEvents(run.id);
  const finished = new Map(
    events.flatMap((event) =>
      event.type === "stage.finished" && event.dataset !== undefined ? [[event.dataset, event]] : [],
    ),
  );
  const planned = events.find(({ type }) => type === "run.started")?.data["stages"] ?? [];
  return {
    ...run,
    stages: (planned as readonly PlannedStage[]).map((stage) => stageOf(stage, finished.get(stage.dataset))),
    warnings: events
      .filter(({ type }) => type === "run.warned")
      .map(({ data, dataset }) => ({
        message: String(data["message"]),
        ...(dataset === undefined ? {} : { dataset }),
      })),
  };
}

function stageOf(stage: PlannedStage, finished: Event | undefined): RunStage {
  if (finished === undefined) return { ...stage, findings: [] };
  const { outcome, elapsed, rows, reason, findings } = finished.data as Partial<RunStage>;
  return {
    ...stage,
    ...(outcome === undefined ? {} : { outcome }),
    ...(elapsed === undefined ? {} : { elapsed }),
    ...(rows === undefined ? {} : { rows }),
    ...(reason === undefined ? {} : { reason }),
    findings: findings ?? [],
  };
}

import type { DatasetId } from "../graph/graph.ts";
import type { Stage } from "../plan/plan.ts";
import type { Outcome, RunEvent } from "../run/events.ts";

type Finished = Extract<RunEvent, { type: "finished" }>;

/** One dataset of a run in progress. Times are milliseconds of one clock. */
export interface DatasetProgress {
  readonly dataset: DatasetId;
  readonly stage: Stage["kind"];
  /** `waiting`, a phase of the work such as `building`, or the outcome. */
  readonly state: "waiting" | "starting" | Extract<RunEvent, { type: "progress" }>["phase"] | Outcome;
  readonly startedAt?: number;
  readonly rows?: number;
  readonly end?: Finished;
}

/** A run as far as its events told. */
export interface RunProgress {
  readonly environment: string;
  /** The release the run starts from. */
  readonly base: number;
  readonly startedAt: number;
  /** In the order of the plan. */
  readonly datasets: ReadonlyMap<DatasetId, DatasetProgress>;
  /** The first Ctrl-C was heard. */
  readonly stopping: boolean;
}

/** A run that has not told anything yet. */
export function noProgress(environment: string, now: number): RunProgress {
  return { environment, base: 0, startedAt: now, datasets: new Map(), stopping: false };
}

/** The progress after one more event, heard at `now`. */
export function advance(progress: RunProgress, event: RunEvent, now: number): RunProgress {
  switch (event.type) {
    case "planned": {
      const datasets = event.plan.stages.map(({ dataset, kind }): [DatasetId, DatasetProgress] => [
        dataset,
        { dataset, stage: kind, state: "waiting" },
      ]);
      return { ...progress, base: event.plan.base, datasets: new Map(datasets) };
    }
    case "started":
      return change(progress, {
        dataset: event.dataset,
        stage: event.stage,
        state: "starting",
        startedAt: now,
      });
    case "progress": {
      const before = progress.datasets.get(event.dataset);
      if (!before || before.end) return progress;
      return change(progress, {
        ...before,
        state: event.phase,
        ...(event.rows === undefined ? {} : { rows: event.rows }),
      });
    }
    case "finished": {
      const before = progress.datasets.get(event.dataset) ?? { dataset: event.dataset, stage: "build" };
      return change(progress, { ...before, state: event.outcome, end: event });
    }
    case "resumed":
    case "incident":
    case "warning":
    case "published":
      return progress;
  }
}

function change(progress: RunProgress, dataset: DatasetProgress): RunProgress {
  // One map is moved along: a run of 10,000 datasets has too many events to copy it at each.
  const datasets = progress.datasets as Map<DatasetId, DatasetProgress>;
  datasets.set(dataset.dataset, dataset);
  return { ...progress, datasets };
}

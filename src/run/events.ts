import type { RecordCounts } from "../graph/delivery.ts";
import type { WorkProgress } from "../executor/executor.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { PartUnit, Plan, Stage } from "../plan/plan.ts";
import type { CheckResult } from "../quality/verdict.ts";

/** What a run tells while it happens, for a terminal, a log or a stream of JSON lines. */
export type RunEvent =
  | {
      /** It goes on behind another run. */
      readonly type: "resumed";
      readonly run: string;
      /** Stages of that run's plan, and how many of them it had finished. */
      readonly planned: number;
      readonly finished: number;
      /** Datasets whose versions it had recorded. */
      readonly built: readonly DatasetId[];
    }
  | { readonly type: "planned"; readonly runId: string; readonly plan: Plan }
  | { readonly type: "started"; readonly dataset: DatasetId; readonly stage: Stage["kind"] }
  | ({ readonly type: "progress"; readonly dataset: DatasetId } & WorkProgress)
  /** Told again where a check that refers to the dataset takes it back; the last word counts. */
  | {
      readonly type: "finished";
      readonly dataset: DatasetId;
      readonly outcome: Outcome;
      /** Rows of the version; absent where there is none. */
      readonly rows?: number;
      /** Milliseconds. */
      readonly elapsed: number;
      /** For sources: records of this delivery. */
      readonly delivery?: RecordCounts;
      /** Checks that did not pass. */
      readonly findings: readonly CheckResult[];
      /** For models that are built in parts: how many files of the input were read, or intervals built. */
      readonly parts?: PartsBuilt;
      /** For `held` and `failed`: why, in words. */
      readonly reason?: string;
    }
  /** Told when the run is over: before that nothing has come of what was found. */
  | {
      readonly type: "incident";
      readonly id: number;
      /** What this run did to it. */
      readonly change: "opened" | "worsened" | "seen" | "changed" | "resolved";
      readonly severity: "warn" | "stop";
      readonly dataset: DatasetId;
      readonly message: string;
      readonly owner?: string;
      readonly consumers: readonly string[];
    }
  | { readonly type: "warning"; readonly message: string; readonly dataset?: DatasetId }
  | { readonly type: "published"; readonly release: number; readonly datasets: readonly DatasetId[] };

/** How much of a model that is built in parts was built. */
export interface PartsBuilt {
  readonly unit: PartUnit;
  readonly built: number;
  readonly of: number;
}

export type Outcome = "built" | "reused" | "held" | "failed" | "dropped";

/** The last line of `run --json`: what came of it. */
export interface RunSummary {
  readonly environment: string;
  readonly runId: string | null;
  /** The release this run published; null when there was nothing to publish. */
  readonly release: number | null;
  /** The release readers see now; 0 before the first. */
  readonly current: number;
  readonly built: readonly DatasetId[];
  readonly reused: readonly DatasetId[];
  /** At their last good version: what failed, and what depends on it. */
  readonly held: readonly DatasetId[];
  readonly failed: readonly DatasetId[];
  readonly dropped: readonly DatasetId[];
  /** By source: all records behind its newest candidate. */
  readonly rows: Readonly<Record<DatasetId, RecordCounts>>;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** The JSON document a benchmark leaves behind: everything the table is made from, and every round. */
import type { Estimate } from "./statistics.ts";

/** One run of one contender, with all processes it started. Seconds and bytes. */
export interface Sample {
  readonly wall: number;
  /** User and system time of the whole process tree. */
  readonly cpu: number;
  /** Highest sum of resident memory over the process tree, sampled; memory shared by processes counts in each. */
  readonly peakMemory: number;
}

/** One round: every contender twice, forwards then backwards. Canary times in seconds. */
export interface Round {
  readonly kept: boolean;
  readonly canary: { readonly before: number; readonly after: number; readonly drift: number };
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

export type Role = "subject" | "floor" | "peer";

/** What came of one contender in one row. Everything measured is over the kept rounds. */
export interface Standing {
  readonly contender: string;
  readonly role: Role;
  readonly state: "measured" | "void" | "not run";
  /** Why it is void or was not run. */
  readonly reason?: string;
  readonly wall?: number;
  readonly wallRange?: Estimate;
  readonly cpu?: number;
  readonly peakMemory?: number;
  /** The subject's value divided by this contender's, round by round. */
  readonly wallRatio?: Estimate;
  readonly cpuRatio?: Estimate;
  /** The subject's wall time minus this contender's, round by round, in seconds. */
  readonly wallDifference?: Estimate;
}

/** What the subject should reach against another contender. */
export interface Goal {
  readonly against: string;
  /** `wall` (seconds) and `peak memory` (MB) are the contender's own; the others hold the subject against it. */
  readonly measure: "wall" | "wall ratio" | "wall difference" | "peak memory";
  readonly atMost: number;
}

/** `met` and `missed` say that the whole interval lies on that side; `open` that it straddles the goal. */
export interface GoalOutcome extends Goal {
  readonly outcome: "met" | "missed" | "open" | "not measured";
  readonly measured?: Estimate;
}

/** One line of comparison: the same work, done by every contender. */
export interface RowResult {
  readonly id: string;
  readonly workload: string;
  readonly title: string;
  /** `cold`: a fresh process without any state of earlier runs. `warm`: with the state earlier runs left. */
  readonly temperature: "cold" | "warm";
  readonly subject: string;
  readonly standings: readonly Standing[];
  readonly goals: readonly GoalOutcome[];
  readonly rounds: readonly Round[];
  /** Sizes, fingerprints and whatever else a reader needs to judge the row. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface BenchmarkResult {
  readonly format: 1;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rows: readonly RowResult[];
}

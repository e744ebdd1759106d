import type { GraphCheck } from "../graph/graph.ts";
import type { Answered } from "./questions.ts";

/** What one check found. */
export interface CheckResult {
  readonly name: string;
  readonly check: GraphCheck["check"] | "quarantine" | "file" | "monitor";
  readonly severity: "warn" | "stop";
  readonly passed: boolean;
  /** Offending rows, or the measured value. */
  readonly value: number;
  /** What was found, in words. */
  readonly message: string;
  /** Up to five offending rows. */
  readonly sample: readonly Record<string, unknown>[];
  /** Columns that the sample is shown without, as they may hold personal data; absent where there are none. */
  readonly hidden?: readonly string[];
  /** Of a monitor: between which values it was expected, and the release since which it has not been. */
  readonly expected?: { readonly low: number; readonly high: number };
  readonly since?: number;
  /** How it was answered and what that cost; absent where nothing was asked. */
  readonly answered?: Answered;
}

/** The judgement on one candidate. */
export interface Verdict {
  readonly outcome: "good" | "warned" | "stopped";
  readonly results: readonly CheckResult[];
}

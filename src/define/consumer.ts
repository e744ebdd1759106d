import type { FreshnessLimits } from "./source.ts";
import type { Input } from "./model.ts";

export type ConsumerKind = "dashboard" | "application" | "ml-model" | "person" | "report";

export interface ConsumerOptions {
  readonly description?: string;
  readonly owner?: string;
  readonly type: ConsumerKind;
  /** The datasets it reads: imported definitions, or names such as `"community.comments"`. */
  readonly reads: readonly (Input | string)[];
  /** How fresh the data must be for it, and how stale it may get. */
  readonly freshness?: FreshnessLimits;
  readonly story?: string;
}

/** Who uses data: a dashboard, an application, an ML model, a person. */
export interface Consumer extends ConsumerOptions {
  readonly kind: "consumer";
}

/** Define a consumer. Its name comes from the file's path: `consumers/weekly-digest.ts` is `weekly-digest`. */
export function consumer(options: ConsumerOptions): Consumer {
  return Object.freeze({ kind: "consumer" as const, ...options });
}

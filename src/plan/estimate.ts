import type { Estimate } from "./plan.ts";

/** What one earlier build brought and took. */
export interface BuildRecord {
  readonly rows: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** The medians of earlier builds, newest first; undefined where there is none. */
export function estimate(history: readonly BuildRecord[]): Estimate | undefined {
  if (history.length === 0) return undefined;
  const of = (field: keyof BuildRecord): number => median(history.map((build) => build[field]));
  return { rows: of("rows"), bytes: of("bytes"), elapsed: of("elapsed"), builds: history.length };
}

/** The middle one; of two in the middle, the larger. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

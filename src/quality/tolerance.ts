import type { Tolerance } from "../define/check-spec.ts";
import type { GraphCheck } from "../graph/graph.ts";
import { shareOf } from "../graph/share.ts";
import { defaultLeakTolerance } from "./pii-leak.ts";

/** How much of what a check counts may offend; undefined: nothing, or what its question has tolerated already. */
export function toleranceOf({ check, tolerance }: GraphCheck): Tolerance | undefined {
  if (check === "row_count_match" || check === "aggregate_match") return undefined;
  return tolerance ?? (check === "pii_leak" ? defaultLeakTolerance : undefined);
}

/** Whether as much may offend, of the rows that were judged. What cannot be counted tolerates nothing. */
export function tolerates(
  tolerance: Tolerance | undefined,
  offending: number,
  of: number | undefined,
): boolean {
  if (offending === 0) return true;
  if (tolerance === undefined) return false;
  if (typeof tolerance === "number") return offending <= tolerance;
  const share = shareOf(tolerance);
  return share !== undefined && of !== undefined && of > 0 && offending <= share * of;
}

/** Whether it takes the number of judged rows to tell what is tolerated. */
export const isShare = (tolerance: Tolerance | undefined): boolean => typeof tolerance === "string";

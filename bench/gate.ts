import type { BenchmarkResult } from "./result.ts";

/** How much worse a ratio may get before it counts, as a factor. */
const allowance = 1.1;

/**
 * Ratios that got worse since an earlier result, in words: against a floor, the lower bound of the interval
 * lies above 1.1 times the earlier median. Peers do not gate; rows and contenders that only one result has do not either.
 */
export function regressions(now: BenchmarkResult, before: BenchmarkResult): readonly string[] {
  return now.rows.flatMap((row) =>
    row.standings.flatMap((standing) => {
      const earlier = before.rows
        .find(({ id }) => id === row.id)
        ?.standings.find(({ contender }) => contender === standing.contender);
      if (standing.role !== "floor" || !standing.wallRatio || !earlier?.wallRatio) return [];
      if (standing.wallRatio.low <= allowance * earlier.wallRatio.median) return [];
      return [
        `${row.id}: ${row.subject} ÷ ${standing.contender} was ${earlier.wallRatio.median.toFixed(2)}, is ${standing.wallRatio.median.toFixed(2)} (at least ${standing.wallRatio.low.toFixed(2)})`,
      ];
    }),
  );
}

import type { ColumnStatistics } from "../graph/table-column.ts";

/**
 * Statistics as they may be shown to anyone who looks at a dataset: the smallest and largest value of a
 * column of personal data are somebody's data, so they are left out; how many are missing is not. `personal`: the columns
 * that are tagged so, or made of such values.
 */
export function shownStatistics(
  statistics: readonly ColumnStatistics[],
  personal: ReadonlySet<string> = new Set(),
): readonly ColumnStatistics[] {
  return statistics.map((column) => {
    if (!personal.has(column.name)) return column;
    const { name, engineType, nulls } = column;
    return { name, engineType, nulls };
  });
}

import type { GraphColumn } from "../graph/graph.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import { isPersonal } from "./personal-columns.ts";

/**
 * Statistics as they may be shown to anyone who looks at a dataset: the smallest and largest value of a
 * column of personal data are somebody's data, so they are left out; how many are missing is not.
 */
export function shownStatistics(
  statistics: readonly ColumnStatistics[],
  columns: readonly GraphColumn[],
): readonly ColumnStatistics[] {
  const hidden = new Set(
    columns.filter((column) => column.declared?.tags.some(isPersonal)).map(({ name }) => name),
  );
  return statistics.map((column) => {
    if (!hidden.has(column.name)) return column;
    const { name, engineType, nulls } = column;
    return { name, engineType, nulls };
  });
}

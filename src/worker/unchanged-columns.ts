import type { InputTable } from "../engine/engine.ts";
import type { ColumnComparison, PreviousVersion } from "../executor/executor.ts";
import { localFiles } from "../graph/stored-file.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import type { Tools } from "./tools.ts";

/**
 * The statistics of a candidate's columns, each marked with the version since which it is unchanged, where that is
 * asked for and so. Another number of rows, or other limits, tell for nothing that a column changed.
 */
export async function markUnchanged(
  work: { readonly previous?: PreviousVersion; readonly comparison?: ColumnComparison },
  candidate: InputTable,
  statistics: { readonly rows: number; readonly columns: readonly ColumnStatistics[] },
  tools: Tools,
): Promise<readonly ColumnStatistics[]> {
  const { previous, comparison } = work;
  if (!previous || !comparison || previous.rows !== statistics.rows) return statistics.columns;
  const before = new Map(previous.columns.map((column) => [column.name, column]));
  const agrees = (column: ColumnStatistics | undefined): boolean => {
    const old = column && before.get(column.name);
    return old !== undefined && limits(old) === limits(column);
  };
  const { by } = comparison;
  const byName = new Map(statistics.columns.map((column) => [column.name, column]));
  if (!by.every((name) => agrees(byName.get(name)))) return statistics.columns;
  const wanted = comparison.columns.filter((name) => agrees(byName.get(name)));
  const old = {
    name: candidate.name,
    ...(await localFiles(previous.files, (file) => tools.storage.local(file))),
    columns: previous.columns,
  };
  const same = new Set(await tools.session.sameColumns(candidate, old, wanted, by));
  return statistics.columns.map((column) => {
    const earlier = before.get(column.name)?.since;
    if (!same.has(column.name)) return column;
    // A chain of versions holds only as long as their rows are matched in one way.
    const origin = earlier && earlier.by.join() === by.join() ? earlier.content : comparison.content;
    return { ...column, since: { content: origin, by } };
  });
}

const limits = (column: ColumnStatistics | undefined): string =>
  JSON.stringify([column?.engineType, column?.nulls, column?.min ?? null, column?.max ?? null]);

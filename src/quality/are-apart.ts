import { mergeStatistics } from "../graph/merge-statistics.ts";
import { standingStatistics, type StoredFile } from "../graph/stored-file.ts";
import { columnBounds } from "./column-bounds.ts";
import type { CheckQuestion } from "./questions.ts";

/**
 * Whether no row of some files can have the values of a row of others, by the limits of a column that a question about
 * uniqueness names: numbers that are given out one after the other, or days.
 */
export function areApart(
  question: CheckQuestion,
  files: readonly StoredFile[],
  others: readonly StoredFile[],
): boolean {
  if (question.ask !== "duplicates") return false;
  const [here, there] = [files, others].map((some) => mergeStatistics(some.map(standingStatistics)));
  return question.columns.some((name) => {
    const [one, other] = [here, there].map((all) =>
      columnBounds(all?.find((column) => column.name === name)),
    );
    if (one === undefined || other === undefined || one.kind !== other.kind) return false;
    return one.low > other.high || other.low > one.high;
  });
}

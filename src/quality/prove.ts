import type { ColumnStatistics } from "../graph/table-column.ts";
import type { CheckAnswer, CheckQuestion, Proof } from "./questions.ts";

/** What is known of a table without reading it. */
export interface KnownTable {
  readonly rows: number;
  readonly columns: readonly ColumnStatistics[];
  /** Columns whose values no two rows share, by the way in which the table was made. */
  readonly unique?: readonly string[];
}

/**
 * Answer what the statistics of the write already prove, and leave the rest open. A proof only ever says
 * "nothing offends" (or the row count): where a limit is broken the rows themselves must be asked.
 */
export function prove(
  questions: readonly CheckQuestion[],
  table: KnownTable,
): { readonly answers: readonly CheckAnswer[]; readonly open: readonly CheckQuestion[] } {
  const answers: CheckAnswer[] = [];
  const open: CheckQuestion[] = [];
  for (const question of questions) {
    const value = provenAnswer(question, table);
    if (value === undefined) open.push(question);
    else
      answers.push({ id: question.id, value, sample: [], answered: { by: "statistics", milliseconds: 0 } });
  }
  return { answers, open };
}

function provenAnswer(question: CheckQuestion, table: KnownTable): number | undefined {
  if (question.ask === "aggregate") return question.proof && proven(question.proof, table);
  if (question.ask !== "duplicates" || table.unique === undefined) return undefined;
  return table.unique.every((column) => question.columns.includes(column)) ? 0 : undefined;
}

function proven(proof: Proof, table: KnownTable): number | undefined {
  if (proof.by === "rows") return table.rows;
  const column = table.columns.find((c) => c.name === proof.column);
  if (!column) return undefined;
  if (proof.by === "nulls") return column.nulls === 0 ? 0 : undefined;
  return withinLimits(column, proof) ? 0 : undefined;
}

/** Only exact types: a floating point column can hold NaN, which statistics leave out. */
const exactType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\))$/;

function withinLimits(
  column: ColumnStatistics,
  limits: { readonly min?: number; readonly max?: number },
): boolean {
  if (!exactType.test(column.engineType) || column.min === undefined || column.max === undefined)
    return false;
  const low = Number(column.min);
  const high = Number(column.max);
  if (!Number.isSafeInteger(Math.trunc(low)) || !Number.isSafeInteger(Math.trunc(high))) return false;
  return (limits.min === undefined || low >= limits.min) && (limits.max === undefined || high <= limits.max);
}

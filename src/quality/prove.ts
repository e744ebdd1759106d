import type { ColumnStatistics } from "../graph/table-column.ts";
import { type ColumnBounds, columnBounds, instantOf } from "./column-bounds.ts";
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
  const holds = proof.by === "values" ? areListed(column, proof.values) : withinLimits(column, proof);
  return holds ? 0 : undefined;
}

/** Whether all whole numbers between the limits of a column are listed. */
function areListed(column: ColumnStatistics, values: readonly (number | string)[]): boolean {
  const bounds = columnBounds(column);
  if (bounds?.kind !== "integer") return false;
  const listed = new Set(values);
  const [low, high] = [Number(bounds.low), Number(bounds.high)];
  return (
    high - low < listed.size &&
    Array.from({ length: high - low + 1 }, (_, at) => low + at).every((n) => listed.has(n))
  );
}

type Limits = Extract<Proof, { readonly by: "limits" }>;

function withinLimits(column: ColumnStatistics, { min, max }: Limits): boolean {
  const bounds = columnBounds(column) ?? wideBounds(column);
  if (bounds === undefined) return false;
  const [lower, upper] = [min, max].map((limit) => limit !== undefined && comparable(limit, bounds.kind));
  if (lower === undefined || upper === undefined) return false;
  return (lower === false || bounds.low >= lower) && (upper === false || bounds.high <= upper);
}

/** A limit as limits of a column are; undefined where the engine may compare in another way, or refuse to. */
function comparable(limit: number | string, kind: ColumnBounds["kind"]): number | string | undefined {
  const isTime = kind === "day" || kind === "instant";
  if (typeof limit === "number") return isTime ? undefined : limit;
  const instant = isTime ? instantOf(limit) : undefined;
  // Text becomes what it is compared with: a day has no time in it.
  return instant?.kind === "instant" && kind === "day" ? undefined : instant?.text;
}

/** The limits of types that have room for more than JavaScript's numbers, where these can tell them apart. */
function wideBounds({ engineType, nulls, min, max }: ColumnStatistics): ColumnBounds | undefined {
  if (!/^(?:U?(?:BIG|HUGE)INT|DECIMAL\(.*\))$/.test(engineType) || min === undefined || max === undefined)
    return undefined;
  const [low, high] = [Number(min), Number(max)];
  if (!Number.isSafeInteger(Math.trunc(low)) || !Number.isSafeInteger(Math.trunc(high))) return undefined;
  return { kind: "decimal", low, high, mayBeNull: nulls > 0 };
}

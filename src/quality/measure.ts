import type { ColumnStatistics, TableColumn } from "../graph/table-column.ts";
import { quoteName } from "../sql/quote.ts";
import type { CheckAnswer, CheckQuestion } from "./questions.ts";

/**
 * What is found out about a table that was not written, so that no write tells: how many rows it has, and how many of
 * them are without a value, column by column. Aggregates, so that they share the scan of the checks; and as every
 * value is looked at, a query that fails on some row is found out as well.
 */
export const measures = (columns: readonly TableColumn[]): readonly CheckQuestion[] => [
  { id: rowsId, ask: "aggregate", expression: "count(*)" },
  ...columns.map(({ name }, index): CheckQuestion => ({
    id: nullsId(index),
    ask: "aggregate",
    expression: `count(*) - count(${quoteName(name)})`,
  })),
];

const rowsId = "rows";
const nullsId = (index: number): string => `nulls ${index}`;

export interface Measured {
  readonly rows: number;
  readonly columns: readonly ColumnStatistics[];
  /** What the engine said where the table cannot be computed. */
  readonly error?: string;
}

export function readMeasures(columns: readonly TableColumn[], answers: readonly CheckAnswer[]): Measured {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const value = (id: string): number => byId.get(id)?.value ?? 0;
  const error = answers.find((one) => one.error !== undefined && isMeasure(one.id, columns.length))?.error;
  return {
    rows: value(rowsId),
    columns: columns.map(({ name, engineType }, index) => ({
      name,
      engineType,
      nulls: value(nullsId(index)),
    })),
    ...(error === undefined ? {} : { error }),
  };
}

const isMeasure = (id: string, columns: number): boolean =>
  id === rowsId || Array.from({ length: columns }, (_, index) => nullsId(index)).includes(id);

/**
 * Checks become questions in SQL, and the answers become results. This room decides what to ask and how
 * to judge; it never runs anything.
 *
 * A question says what it is about, so that an engine can answer many in one scan, or without one: an aggregate over
 * the table, a uniqueness proof over columns, or a query of its own.
 */

interface Question {
  readonly id: string;
  /** Only rows for which this condition is true are judged, and counted as `of`; absent: all. */
  readonly where?: string;
}

/** An aggregate expression over the table, shared in one scan: a number of offending rows, or a measurement. */
export interface AggregateQuestion extends Question {
  readonly ask: "aggregate";
  /** Has `where` in it already. */
  readonly expression: string;
  /** Condition of the offending rows, `where` included, for a sample of them; absent for a measurement. */
  readonly sample?: string;
  /** Columns that a sample shows before the others. */
  readonly first?: readonly string[];
  /** What would answer it without a scan. */
  readonly proof?: Proof;
  /** The columns it is about; absent where only the engine knows, as of a condition that somebody wrote. */
  readonly columns?: readonly string[];
  /** Which measurement of its only column it is. */
  readonly measure?: Measure;
}

export type Measure = "distinct_count" | "min" | "max" | "sum" | "mean" | "median" | "stdev" | "entropy";

/** Something to find out about one table, named `this` in SQL. */
export type CheckQuestion =
  | AggregateQuestion
  /** A query of its own whose only value is a measurement; null: there is nothing to measure. */
  | (Question & {
      readonly ask: "measure";
      readonly sql: string;
      /** Other datasets that it reads. */
      readonly others?: readonly string[];
    })
  /** How many rows share their values of these columns with an earlier row. */
  | (Question & { readonly ask: "duplicates"; readonly columns: readonly string[] })
  /** A query whose rows offend; it has `where` in it already. */
  | (Question & {
      readonly ask: "rows";
      readonly sql: string;
      /** Other datasets that it reads. */
      readonly others?: readonly string[];
    })
  /** Values of a column that another table's column does not have. */
  | (Question & {
      readonly ask: "missing";
      readonly column: string;
      readonly table: string;
      readonly key: string;
      readonly first?: readonly string[];
    });

/** How the statistics of a written table can answer a question. */
export type Proof =
  | { readonly by: "rows" }
  | { readonly by: "nulls"; readonly column: string }
  /** Every whole number that the column can have is one of these. */
  | { readonly by: "values"; readonly column: string; readonly values: readonly (number | string)[] }
  | {
      readonly by: "limits";
      readonly column: string;
      readonly min?: number | string;
      readonly max?: number | string;
    };

export interface CheckAnswer {
  readonly id: string;
  /** The measurement, or the number of offending rows. */
  readonly value: number;
  /** There was nothing to measure. */
  readonly empty?: boolean;
  /** How many rows were judged, where that was counted. */
  readonly of?: number;
  /** Up to five offending rows as JSON objects; only where the value is not zero. */
  readonly sample: readonly Record<string, unknown>[];
  /** The engine refused the question (for example a division by zero). */
  readonly error?: string;
  readonly answered?: Answered;
}

/** How a question was answered, and what that cost. */
export interface Answered {
  /**
   * `statistics`: those of the write leave no other answer. `proof`: the model's query does not. `value table`: the
   * distinct values of its column were asked, with how often each occurs. `shared scan`: all rows were looked at, once
   * for many questions. `own query`: something of its own was run.
   */
  readonly by: "statistics" | "proof" | "value table" | "shared scan" | "own query";
  /** What the engine took; of what answered several questions at once, an estimate of its share, by weight. */
  readonly milliseconds: number;
}

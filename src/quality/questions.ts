/**
 * Checks become questions in SQL, and the answers become results. This room decides what to ask and how
 * to judge; it never runs anything.
 *
 * A question is one of three shapes, so that an engine can answer many in one scan: an aggregate over the
 * table, a uniqueness proof over columns, or a query of its own.
 */

/** Something to find out about one table, named `this` in SQL. */
export type CheckQuestion =
  /** An aggregate expression that counts the offending rows; shared in one scan. */
  | {
      readonly id: string;
      readonly ask: "aggregate";
      readonly expression: string;
      /** Condition of the offending rows, for a sample of them. */
      readonly sample?: string;
      /** What would answer it without a scan. */
      readonly proof?: Proof;
    }
  /** How many rows share their values of these columns with an earlier row. */
  | { readonly id: string; readonly ask: "duplicates"; readonly columns: readonly string[] }
  /** A query whose rows offend. */
  | { readonly id: string; readonly ask: "rows"; readonly sql: string }
  /** Values of a column that another table's column does not have. */
  | {
      readonly id: string;
      readonly ask: "missing";
      readonly column: string;
      readonly table: string;
      readonly key: string;
    };

/** How the statistics of a written table can answer a question. */
export type Proof =
  | { readonly by: "rows" }
  | { readonly by: "nulls"; readonly column: string }
  | { readonly by: "limits"; readonly column: string; readonly min?: number; readonly max?: number };

export interface CheckAnswer {
  readonly id: string;
  /** The aggregate's value, or the number of offending rows. */
  readonly value: number;
  /** Up to five offending rows as JSON objects; only where the value is not zero. */
  readonly sample: readonly Record<string, unknown>[];
  /** The engine refused the question (for example a division by zero). */
  readonly error?: string;
  /** Nobody looked: the query proves it. */
  readonly proven?: boolean;
}

/** What happens when a check fails: `warn` reports it, `stop` keeps the candidate from being published. */
export type Severity = "warn" | "stop";

/** Options every check takes. */
export interface CheckOptions {
  /** Shown in results; by default made from the kind and its columns. */
  readonly name?: string;
  /** Default `stop`. */
  readonly severity?: Severity;
}

/**
 * A statement about the rows of one dataset, as plain data.
 *
 * `expression` is a row rule in SQL that must be true (or null) for every row. `sql` is a query that
 * returns the offending rows, with the dataset named `this`; no rows means it holds. `C`: the columns it can
 * be about.
 */
export type CheckSpec<C extends string = string> = CheckOptions &
  (
    | { readonly check: "row_count"; readonly min?: number; readonly max?: number }
    | { readonly check: "not_null"; readonly column: C }
    | { readonly check: "unique"; readonly columns: readonly C[] }
    | {
        readonly check: "accepted_values";
        readonly column: C;
        readonly values: readonly (string | number)[];
      }
    | {
        readonly check: "range";
        readonly column: C;
        readonly min?: number | string;
        readonly max?: number | string;
      }
    | { readonly check: "length"; readonly column: C; readonly min?: number; readonly max?: number }
    | { readonly check: "pattern"; readonly column: C; readonly pattern: string }
    | { readonly check: "references"; readonly column: C; readonly to: string }
    | { readonly check: "expression"; readonly expression: string }
    | { readonly check: "sql"; readonly sql: string }
  );

export type CheckKind = CheckSpec["check"];

const frozen = <C extends string = never>(spec: CheckSpec<C>): CheckSpec<C> => Object.freeze(spec);

/** Checks on a dataset: `check.rowCount({ min: 1 })`, `check.expression("ended_at >= started_at")`. */
export const check = Object.freeze({
  /** The number of rows lies between `min` and `max`, both inclusive. */
  rowCount: (limits: { min?: number; max?: number }, options: CheckOptions = {}) =>
    frozen({ check: "row_count", ...limits, ...options }),
  notNull: <const C extends string>(column: C, options: CheckOptions = {}) =>
    frozen({ check: "not_null", column, ...options }),
  /** No two rows share the values of these columns. Rows with a null in them do not count. */
  unique: <const C extends string>(columns: C | readonly C[], options: CheckOptions = {}) =>
    frozen({ check: "unique", columns: typeof columns === "string" ? [columns] : columns, ...options }),
  acceptedValues: <const C extends string>(
    column: C,
    values: readonly (string | number)[],
    options: CheckOptions = {},
  ) => frozen({ check: "accepted_values", column, values, ...options }),
  /** Values lie between `min` and `max`, both inclusive. Nulls pass. */
  range: <const C extends string>(
    column: C,
    limits: { min?: number | string; max?: number | string },
    options: CheckOptions = {},
  ) => frozen({ check: "range", column, ...limits, ...options }),
  /** The number of characters lies between `min` and `max`, both inclusive. Nulls pass. */
  length: <const C extends string>(
    column: C,
    limits: { min?: number; max?: number },
    options: CheckOptions = {},
  ) => frozen({ check: "length", column, ...limits, ...options }),
  /** The whole value matches a regular expression (RE2 syntax). Nulls pass. */
  pattern: <const C extends string>(column: C, regex: RegExp | string, options: CheckOptions = {}) =>
    frozen({
      check: "pattern",
      column,
      pattern: typeof regex === "string" ? regex : regex.source,
      ...options,
    }),
  /** Every value exists in a column of another dataset: `check.references("author", "people.members.id")`. Nulls pass. */
  references: <const C extends string>(column: C, to: string, options: CheckOptions = {}) =>
    frozen({ check: "references", column, to, ...options }),
  /** A row rule in SQL, true (or null) for every row. */
  expression: (expression: string, options: CheckOptions = {}) =>
    frozen({ check: "expression", expression, ...options }),
  /** A query over `this` that returns the offending rows. */
  sql: (sql: string, options: CheckOptions = {}) => frozen({ check: "sql", sql, ...options }),
});

import type { TextFormat } from "./text-format.ts";
import type { LogicalType } from "./column.ts";
import type { Grain } from "./materialization.ts";

/** What happens when a check fails: `warn` reports it, `stop` keeps the candidate from being published. */
export type Severity = "warn" | "stop";

/** Options every check takes. */
export interface CheckOptions {
  /** Shown in results; by default made from the kind and its columns. */
  readonly name?: string;
  /** Default `stop`. */
  readonly severity?: Severity;
}

/** Options of a check that can be asked of some rows only. */
export interface WhereOptions extends CheckOptions {
  /** A condition in SQL: only rows for which it is true are judged. */
  readonly where?: string;
}

/** Options of a check that counts what offends. */
export interface ToleranceOptions extends WhereOptions {
  /** How much may offend: a share of the rows that are judged (`"0.1%"`), or a number of rows (`10`). */
  readonly tolerance?: Tolerance;
}

/** A share as text (`"0.1%"`, above 0 and below 100), or a whole number of rows from 1. */
export type Tolerance = `${number}%` | number;

/** Limits of a number, both inclusive; at least one. */
export interface Limits<V = number> {
  readonly min?: V;
  readonly max?: V;
}

/** Limits of values: dates and times are ISO 8601 text. */
export type ValueLimits = Limits<number | string>;

export type CheckValue = string | number;

/** How two columns of a row are compared. */
export type Comparison = "<" | "<=" | "=" | "<>" | ">=" | ">";

/** Kinds of personal data that are told by how a value looks. */
export const leakKinds = ["email", "phone", "iban", "card"] as const;

export type LeakKind = (typeof leakKinds)[number];

/** What may happen to a dataset's columns from one version to the next. */
export type SchemaChange = "added" | "removed" | "retyped" | "moved";

/**
 * How far a distribution has moved: the population stability index (in tenths of the reference), the largest distance of
 * the distribution functions (Kolmogorov, Smirnov), the distance of Jensen and Shannon, or how far values have to move on
 * average (Wasserstein, in their units).
 */
export type DriftMeasure = "psi" | "ks" | "js" | "wasserstein";

/** What a metric consists of: whole things counted, shares from 0 to 1, or anything else. */
export type MetricKind = "count" | "share" | "amount";

/** Aggregates that two datasets can be compared by. */
export type Aggregate = "sum" | "min" | "max" | "mean" | "count" | "distinct_count";

/** Statements about single rows: true of each, or it offends. */
export type RowRule<C extends string = string> =
  | { readonly check: "null_values"; readonly column: C }
  | { readonly check: "missing_values"; readonly column: C; readonly values?: readonly CheckValue[] }
  | {
      readonly check: "invalid_values";
      readonly column: C;
      /** One of the two. */
      readonly values?: readonly CheckValue[];
      readonly pattern?: string;
    }
  | { readonly check: "forbidden_values"; readonly column: C; readonly values: readonly CheckValue[] }
  | ({ readonly check: "value_range"; readonly column: C } & ValueLimits)
  | ({ readonly check: "length"; readonly column: C } & Limits)
  | { readonly check: "format"; readonly column: C; readonly format: TextFormat }
  | { readonly check: "type_conformance"; readonly column: C; readonly type: LogicalType }
  | { readonly check: "must_be_null"; readonly column: C }
  | { readonly check: "future_dates"; readonly column: C }
  | { readonly check: "late_rows"; readonly column: C; readonly arrived: C; readonly max: string }
  | { readonly check: "row_predicate"; readonly expression: string }
  | { readonly check: "pair_compare"; readonly column: C; readonly is: Comparison; readonly other: C }
  | {
      readonly check: "column_sum";
      readonly columns: readonly C[];
      /** A column, or a number. */
      readonly total: C | number;
      /** How far the sum may lie from the total. Default 0. */
      readonly within?: number;
    }
  | { readonly check: "unique_within_row"; readonly columns: readonly C[] }
  | {
      readonly check: "json_schema";
      readonly column: C;
      readonly schema: Readonly<Record<string, unknown>>;
    }
  | { readonly check: "pii_leak"; readonly columns?: readonly C[]; readonly kinds?: readonly LeakKind[] };

/** Statements about many rows at once, of which single ones offend. */
export type SetRule<C extends string = string> =
  | { readonly check: "duplicate_values"; readonly columns: readonly C[] }
  | {
      readonly check: "distinct_set";
      readonly column: C;
      readonly values: readonly CheckValue[];
      /** `equal` (default): these values and no others; `contain`: each of these values. */
      readonly must?: "equal" | "contain";
    }
  | {
      readonly check: "monotonic";
      readonly column: C;
      /** What orders the rows. */
      readonly by: C;
      /** Each group of rows for itself. */
      readonly per?: readonly C[];
      readonly direction?: "rising" | "falling";
      /** Equal neighbours offend too. */
      readonly strict?: boolean;
    }
  | {
      readonly check: "sequential";
      readonly column: C;
      readonly per?: readonly C[];
      /** From one value to the next. Default 1. */
      readonly step?: number;
    }
  | {
      readonly check: "intervals_disjoint";
      readonly start: C;
      readonly end: C;
      readonly per?: readonly C[];
    }
  | {
      readonly check: "time_coverage";
      readonly column: C;
      readonly grain: Grain;
      /** The first time that must be covered, and the first that need not be; by default from the first to the last value. */
      readonly begin?: string;
      readonly until?: string;
    }
  | { readonly check: "sql"; readonly sql: string };

/** Statements about one number that is made of many rows. */
export type Measurement<C extends string = string> =
  | ({ readonly check: "row_count" } & Limits)
  | ({ readonly check: "distinct_count"; readonly column: C } & Limits)
  | ({ readonly check: "min" | "max"; readonly column: C } & ValueLimits)
  | ({ readonly check: "sum" | "mean" | "median" | "stdev"; readonly column: C } & Limits)
  | ({ readonly check: "quantile"; readonly column: C; readonly at: number } & Limits)
  | ({ readonly check: "unique_ratio" | "distinctness"; readonly column: C } & Limits)
  | ({ readonly check: "top_value"; readonly column: C; readonly values?: readonly CheckValue[] } & Limits)
  | {
      readonly check: "outlier_share";
      readonly column: C;
      /** Share of the values, from 0 up to but not including 1. */
      readonly max: number;
      /** `z` (default): from the mean, in standard deviations; `iqr`: from the quartiles, in their distance. */
      readonly by?: "z" | "iqr";
      /** How far is too far. Default 3 by `z`, 1.5 by `iqr`. */
      readonly beyond?: number;
    }
  | ({ readonly check: "correlation"; readonly columns: readonly C[] } & Limits)
  | ({ readonly check: "entropy"; readonly column: C } & Limits)
  | ({ readonly check: "metric_sql"; readonly sql: string } & Limits)
  | {
      readonly check: "metric_anomaly";
      readonly sql: string;
      /** Default `amount`. */
      readonly kind?: MetricKind;
    };

/** Statements about a dataset's columns, and how old it is. */
export type ShapeRule<C extends string = string> =
  | {
      readonly check: "schema_match";
      /** Names and logical types. */
      readonly columns: Readonly<Record<string, LogicalType>>;
      /** Whether the columns come in this order. Default false. */
      readonly ordered?: boolean;
      /** Whether there may be others. Default false. */
      readonly others?: boolean;
    }
  | { readonly check: "schema_change"; readonly allow?: readonly SchemaChange[] }
  | { readonly check: "column_exists"; readonly columns: readonly C[] }
  | ({ readonly check: "column_count" } & Limits)
  | { readonly check: "freshness"; readonly column: C; readonly max: string };

/** Statements about two datasets. */
export type PairRule<C extends string = string> =
  | { readonly check: "referential_integrity"; readonly column: C; readonly to: string }
  | { readonly check: "row_count_match"; readonly to: string }
  | {
      readonly check: "aggregate_match";
      readonly aggregate: Aggregate;
      readonly column: C;
      readonly to: string;
    }
  | {
      readonly check: "distribution_drift";
      readonly column: C;
      readonly max: number;
      /** Default `psi`. */
      readonly by?: DriftMeasure;
      /** A column of another dataset; by default the same column of the version before. */
      readonly to?: string;
    }
  | { readonly check: "dataset_diff"; readonly to: string; readonly columns?: readonly C[] };

/**
 * A statement about one dataset, as plain data. `C`: the columns it can be about. `where` and `tolerance` are for those
 * kinds that take them.
 */
export type CheckSpec<C extends string = string> = ToleranceOptions &
  (RowRule<C> | SetRule<C> | Measurement<C> | ShapeRule<C> | PairRule<C>);

export type CheckKind = CheckSpec["check"];

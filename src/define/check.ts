import type {
  Aggregate,
  CheckOptions,
  CheckSpec,
  CheckValue,
  Comparison,
  DriftMeasure,
  LeakKind,
  Limits,
  MetricKind,
  SchemaChange,
  ToleranceOptions,
  ValueLimits,
  WhereOptions,
} from "./check-spec.ts";
import type { LogicalType } from "./column.ts";
import type { TextFormat } from "./text-format.ts";
import type { Grain } from "./materialization.ts";

const frozen = <C extends string = never>(spec: CheckSpec<C>): CheckSpec<C> => Object.freeze(spec);

/** The columns that settings name; none where they leave it open. */
type Named<S> = S extends { readonly columns: readonly (infer C extends string)[] } ? C : never;

type LeakSettings<C> = { columns?: readonly C[]; kinds?: readonly LeakKind[] } | undefined;

const listed = <C extends string>(columns: C | readonly C[]): readonly C[] =>
  typeof columns === "string" ? [columns] : columns;

/** Row rules: each row holds or offends. */
const rowRules = {
  /** No value is null. */
  nullValues: <const C extends string>(column: C, options: ToleranceOptions = {}) =>
    frozen({ check: "null_values", column, ...options }),
  /** No value is null, blank text, or one of `values` that stand for nothing, such as `"N/A"` or `-999`. */
  missingValues: <const C extends string>(
    column: C,
    settings: { values?: readonly CheckValue[] } = {},
    options: ToleranceOptions = {},
  ) => frozen({ check: "missing_values", column, ...settings, ...options }),
  /** Every value is one of `values`, or matches `pattern` as a whole (RE2 syntax). Nulls pass. */
  invalidValues: <const C extends string>(
    column: C,
    valid: { values: readonly CheckValue[] } | { pattern: RegExp | string },
    options: ToleranceOptions = {},
  ) =>
    frozen({
      check: "invalid_values",
      column,
      ...("values" in valid
        ? valid
        : { pattern: typeof valid.pattern === "string" ? valid.pattern : valid.pattern.source }),
      ...options,
    }),
  /** No value is one of these. Nulls pass. */
  forbiddenValues: <const C extends string>(
    column: C,
    values: readonly CheckValue[],
    options: ToleranceOptions = {},
  ) => frozen({ check: "forbidden_values", column, values, ...options }),
  /** Values lie between `min` and `max`, both inclusive. Nulls pass. */
  valueRange: <const C extends string>(column: C, limits: ValueLimits, options: ToleranceOptions = {}) =>
    frozen({ check: "value_range", column, ...limits, ...options }),
  /** The number of characters lies between `min` and `max`, both inclusive. Nulls pass. */
  length: <const C extends string>(column: C, limits: Limits, options: ToleranceOptions = {}) =>
    frozen({ check: "length", column, ...limits, ...options }),
  /** Every text has a format, such as `"email"` or `"iban"`. Nulls pass; the empty text does not. */
  format: <const C extends string>(column: C, format: TextFormat, options: ToleranceOptions = {}) =>
    frozen({ check: "format", column, format, ...options }),
  /** Text can be read as another type. Nulls pass; blank text does not. */
  typeConformance: <const C extends string>(column: C, type: LogicalType, options: ToleranceOptions = {}) =>
    frozen({ check: "type_conformance", column, type, ...options }),
  /** Every value is null; most useful with `where`. */
  mustBeNull: <const C extends string>(column: C, options: ToleranceOptions = {}) =>
    frozen({ check: "must_be_null", column, ...options }),
  /** No time is after the run's logical time. Nulls pass. */
  futureDates: <const C extends string>(column: C, options: ToleranceOptions = {}) =>
    frozen({ check: "future_dates", column, ...options }),
  /** What happened at `column` arrived at `arrived`, at most `max` (`"6h"`) later. Nulls pass. */
  lateRows: <const C extends string, const D extends string>(
    column: C,
    settings: { arrived: D; max: string },
    options: ToleranceOptions = {},
  ) => frozen<C | D>({ check: "late_rows", column, ...settings, ...options }),
  /** A condition in SQL that is true (or null) for every row. */
  rowPredicate: (expression: string, options: ToleranceOptions = {}) =>
    frozen({ check: "row_predicate", expression, ...options }),
  /** Two columns of a row compare so: `check.pairCompare("ended_at", ">=", "started_at")`. Nulls pass. */
  pairCompare: <const C extends string, const D extends string>(
    column: C,
    is: Comparison,
    other: D,
    options: ToleranceOptions = {},
  ) => frozen<C | D>({ check: "pair_compare", column, is, other, ...options }),
  /** The columns of a row add up to a column or a number. Rows with a null in them pass. */
  columnSum: <const C extends string, const D extends string = never>(
    columns: readonly C[],
    settings: { total: D | number; within?: number },
    options: ToleranceOptions = {},
  ) => frozen<C | D>({ check: "column_sum", columns, ...settings, ...options }),
  /** No two of these columns have the same value in a row. Nulls do not count. */
  uniqueWithinRow: <const C extends string>(columns: readonly C[], options: ToleranceOptions = {}) =>
    frozen({ check: "unique_within_row", columns, ...options }),
  /** Every value is JSON that fits a JSON schema. Nulls pass. */
  jsonSchema: <const C extends string>(
    column: C,
    schema: Readonly<Record<string, unknown>>,
    options: ToleranceOptions = {},
  ) => frozen({ check: "json_schema", column, schema, ...options }),
  /** Text in columns that are not tagged as personal does not look personal. By default all such columns, and 1 % of rows. */
  piiLeak: <const S extends { readonly columns?: readonly string[]; readonly kinds?: readonly LeakKind[] }>(
    settings?: S,
    options: ToleranceOptions = {},
  ) => frozen<Named<S>>({ check: "pii_leak", ...(settings as LeakSettings<Named<S>>), ...options }),
};

/** Set rules: rows offend by what other rows hold. */
const setRules = {
  /** No two rows share the values of these columns. Rows with a null in them do not count. */
  duplicateValues: <const C extends string>(columns: C | readonly C[], options: ToleranceOptions = {}) =>
    frozen<C>({ check: "duplicate_values", columns: listed(columns), ...options }),
  /** The values that occur are these and no others, or contain all of these. Nulls do not count. */
  distinctSet: <const C extends string>(
    column: C,
    values: readonly CheckValue[],
    options: WhereOptions & { must?: "equal" | "contain" } = {},
  ) => frozen({ check: "distinct_set", column, values, ...options }),
  /** In the order of `by`, the column never falls (or rises). Rows with a null in them do not count. */
  monotonic: <const C extends string, const D extends string, const E extends string = never>(
    column: C,
    settings: { by: D; per?: readonly E[]; direction?: "rising" | "falling"; strict?: boolean },
    options: ToleranceOptions = {},
  ) => frozen<C | D | E>({ check: "monotonic", column, ...settings, ...options }),
  /** The values are a sequence without gaps and repetitions. Nulls do not count. */
  sequential: <const C extends string, const D extends string = never>(
    column: C,
    settings: { per?: readonly D[]; step?: number } = {},
    options: ToleranceOptions = {},
  ) => frozen<C | D>({ check: "sequential", column, ...settings, ...options }),
  /** Intervals, half-open, do not overlap and do not end before they start. A null end is open; rows without a start do not count. */
  intervalsDisjoint: <const C extends string>(
    settings: { start: C; end: C; per?: readonly C[] },
    options: ToleranceOptions = {},
  ) => frozen<C>({ check: "intervals_disjoint", ...settings, ...options }),
  /** Every hour, day, week or month has a row. Nulls do not count. */
  timeCoverage: <const C extends string>(
    column: C,
    settings: { grain: Grain; begin?: string; until?: string },
    options: WhereOptions = {},
  ) => frozen({ check: "time_coverage", column, ...settings, ...options }),
  /** A query over `this` that returns the offending rows. */
  sql: (sql: string, options: ToleranceOptions = {}) => frozen({ check: "sql", sql, ...options }),
};

/** One kind of measurement of a column, with its limits. */
const measured =
  <
    K extends
      | "distinct_count"
      | "sum"
      | "mean"
      | "median"
      | "stdev"
      | "unique_ratio"
      | "distinctness"
      | "entropy",
  >(
    check: K,
  ) =>
  <const C extends string>(column: C, limits: Limits, options: WhereOptions = {}) =>
    frozen<C>({ check, column, ...limits, ...options });

/** Measurements: a number made of many rows lies between limits, both inclusive. Nulls do not count. */
const measurements = {
  /** The number of rows lies between `min` and `max`, both inclusive. */
  rowCount: (limits: Limits, options: WhereOptions = {}) =>
    frozen({ check: "row_count", ...limits, ...options }),
  /** How many different values there are. */
  distinctCount: measured("distinct_count"),
  /** The smallest value. */
  min: <const C extends string>(column: C, limits: ValueLimits, options: WhereOptions = {}) =>
    frozen({ check: "min", column, ...limits, ...options }),
  /** The largest value. */
  max: <const C extends string>(column: C, limits: ValueLimits, options: WhereOptions = {}) =>
    frozen({ check: "max", column, ...limits, ...options }),
  sum: measured("sum"),
  mean: measured("mean"),
  median: measured("median"),
  /** The standard deviation of a sample; of fewer than two values there is none. */
  stdev: measured("stdev"),
  /** The value below which a share `at` (0 to 1) of the values lies, interpolated. */
  quantile: <const C extends string>(
    column: C,
    limits: Limits & { readonly at: number },
    options: WhereOptions = {},
  ) => frozen({ check: "quantile", column, ...limits, ...options }),
  /** The share of the rows whose value no other row has. */
  uniqueRatio: measured("unique_ratio"),
  /** The number of different values for each row that has one: 1 where all differ. */
  distinctness: measured("distinctness"),
  /** The most frequent value is one of `values`, and has a share between `min` and `max`. */
  topValue: <const C extends string>(
    column: C,
    settings: Limits & { readonly values?: readonly CheckValue[] },
    options: WhereOptions = {},
  ) => frozen({ check: "top_value", column, ...settings, ...options }),
  /** At most a share `max` of the values lies far from the others. */
  outlierShare: <const C extends string>(
    column: C,
    settings: { max: number; by?: "z" | "iqr"; beyond?: number },
    options: WhereOptions = {},
  ) => frozen({ check: "outlier_share", column, ...settings, ...options }),
  /** Pearson's correlation of two columns. */
  correlation: <const C extends string>(
    columns: readonly [C, C],
    limits: Limits,
    options: WhereOptions = {},
  ) => frozen({ check: "correlation", columns, ...limits, ...options }),
  /** The entropy of the values, in bits. */
  entropy: measured("entropy"),
  /** The only value of a query over `this`. */
  metricSql: (sql: string, limits: Limits, options: WhereOptions = {}) =>
    frozen({ check: "metric_sql", sql, ...limits, ...options }),
  /** The only value of a query over `this` is one that earlier releases led to expect. */
  metricAnomaly: (sql: string, options: WhereOptions & { kind?: MetricKind } = {}) =>
    frozen({ check: "metric_anomaly", sql, ...options }),
};

/** Statements about columns, and about how old the data is. */
const shapeRules = {
  /** The dataset has these columns, of these types. */
  schemaMatch: (
    columns: Readonly<Record<string, LogicalType>>,
    options: CheckOptions & { ordered?: boolean; others?: boolean } = {},
  ) => frozen({ check: "schema_match", columns, ...options }),
  /** The columns are those of the version before, but for what is allowed. */
  schemaChange: (options: CheckOptions & { allow?: readonly SchemaChange[] } = {}) =>
    frozen({ check: "schema_change", ...options }),
  columnExists: <const C extends string>(columns: C | readonly C[], options: CheckOptions = {}) =>
    frozen<C>({ check: "column_exists", columns: listed(columns), ...options }),
  columnCount: (limits: Limits, options: CheckOptions = {}) =>
    frozen({ check: "column_count", ...limits, ...options }),
  /** The newest time of a column is at most `max` (`"24h"`) before the run's logical time. */
  freshness: <const C extends string>(column: C, settings: { max: string }, options: WhereOptions = {}) =>
    frozen({ check: "freshness", column, ...settings, ...options }),
};

/** Statements about two datasets, judged when both are known. */
const pairRules = {
  /** Every value exists in a column of another dataset: `check.referentialIntegrity("author", "people.members.id")`. Nulls pass. */
  referentialIntegrity: <const C extends string>(column: C, to: string, options: ToleranceOptions = {}) =>
    frozen({ check: "referential_integrity", column, to, ...options }),
  /** The dataset has as many rows as another. */
  rowCountMatch: (to: string, options: ToleranceOptions = {}) =>
    frozen({ check: "row_count_match", to, ...options }),
  /** An aggregate of a column is that of another dataset's column. */
  aggregateMatch: <const C extends string>(
    aggregate: Aggregate,
    column: C,
    to: string,
    options: ToleranceOptions = {},
  ) => frozen({ check: "aggregate_match", aggregate, column, to, ...options }),
  /** The values of a column are distributed like those of a reference: the version before, or another dataset's column. */
  distributionDrift: <const C extends string>(
    column: C,
    settings: { max: number; by?: DriftMeasure; to?: string },
    options: WhereOptions = {},
  ) => frozen({ check: "distribution_drift", column, ...settings, ...options }),
  /** The dataset has the rows of another one, no more and no fewer; of both only the `columns`, by default all. */
  datasetDiff: <const S extends { readonly columns?: readonly string[] }>(
    to: string,
    settings?: S,
    options: ToleranceOptions = {},
  ) =>
    frozen<Named<S>>({
      check: "dataset_diff",
      to,
      ...(settings as { columns?: readonly Named<S>[] } | undefined),
      ...options,
    }),
};

/** Checks on a dataset: `check.rowCount({ min: 1 })`, `check.rowPredicate("ended_at >= started_at")`. */
export const check = Object.freeze({
  ...rowRules,
  ...setRules,
  ...measurements,
  ...shapeRules,
  ...pairRules,
});

/** What checks are called elsewhere, so that whoever brings a name along is told ours. */
import { nearestName } from "../graph/nearest-name.ts";
import { camelCase } from "./settings.ts";
import type { WrittenKind } from "./check-schemas.ts";

interface Ours {
  readonly kind: WrittenKind;
  /** How it is written, where the kind alone does not say. */
  readonly as?: string;
}

const ours = (kind: WrittenKind, as?: string): Ours => (as === undefined ? { kind } : { kind, as });

const byPattern = ours("invalid_values", "invalid_values: { column, pattern }");
const byValues = ours("invalid_values", "invalid_values: { column, values }");

const foreign: Readonly<Record<string, Ours>> = {
  // dbt and its packages
  notNull: ours("null_values"),
  unique: ours("duplicate_values"),
  acceptedValues: byValues,
  relationships: ours("referential_integrity"),
  notNullProportion: ours("null_values", "null_values: { column, tolerance }"),
  uniqueCombinationOfColumns: ours("duplicate_values"),
  expressionIsTrue: ours("row_predicate"),
  acceptedRange: ours("value_range"),
  sequentialValues: ours("sequential"),
  mutuallyExclusiveRanges: ours("intervals_disjoint"),
  cardinalityEquality: ours("referential_integrity"),
  notAcceptedValues: ours("forbidden_values"),
  notEmptyString: ours("missing_values"),
  atLeastOne: ours("distinct_count", "distinct_count: { column, min: 1 }"),
  notConstant: ours("distinct_count", "distinct_count: { column, min: 2 }"),
  // what these checks were called here before
  acceptedPattern: byPattern,
  pattern: byPattern,
  range: ours("value_range"),
  references: ours("referential_integrity"),
  expression: ours("row_predicate"),
  // Soda
  missingCount: ours("missing_values"),
  missingPercent: ours("missing_values"),
  missing: ours("missing_values"),
  invalidCount: byValues,
  invalidPercent: byValues,
  invalid: byValues,
  duplicateCount: ours("duplicate_values"),
  duplicatePercent: ours("duplicate_values"),
  duplicate: ours("duplicate_values"),
  failedRows: ours("sql"),
  avg: ours("mean"),
  avgLength: ours("length"),
  stddev: ours("stdev"),
  stddevSamp: ours("stdev"),
  percentile: ours("quantile"),
  metric: ours("metric_sql"),
  // Great Expectations, without "expect"
  columnValuesToNotBeNull: ours("null_values"),
  columnValuesToBeNull: ours("must_be_null"),
  columnValuesToBeUnique: ours("duplicate_values"),
  compoundColumnsToBeUnique: ours("duplicate_values"),
  columnValuesToBeInSet: byValues,
  columnValuesToNotBeInSet: ours("forbidden_values"),
  columnValuesToBeBetween: ours("value_range"),
  columnValuesToMatchRegex: byPattern,
  columnValueLengthsToBeBetween: ours("length"),
  columnValueLengthsToEqual: ours("length"),
  columnValuesToMatchJsonSchema: ours("json_schema"),
  columnValuesToBeOfType: ours("type_conformance"),
  columnPairValuesAToBeGreaterThanB: ours("pair_compare"),
  columnPairValuesToBeEqual: ours("pair_compare"),
  multicolumnSumToEqual: ours("column_sum"),
  selectColumnValuesToBeUniqueWithinRecord: ours("unique_within_row"),
  columnUniqueValueCountToBeBetween: ours("distinct_count"),
  columnProportionOfUniqueValuesToBeBetween: ours("distinctness"),
  columnDistinctValuesToEqualSet: ours("distinct_set"),
  columnDistinctValuesToContainSet: ours("distinct_set", "distinct_set: { column, values, must: contain }"),
  columnMostCommonValueToBeInSet: ours("top_value"),
  columnMinToBeBetween: ours("min"),
  columnMaxToBeBetween: ours("max"),
  columnSumToBeBetween: ours("sum"),
  columnMeanToBeBetween: ours("mean"),
  columnMedianToBeBetween: ours("median"),
  columnStdevToBeBetween: ours("stdev"),
  columnQuantileValuesToBeBetween: ours("quantile"),
  columnValueZScoresToBeLessThan: ours("outlier_share"),
  columnValuesToBeIncreasing: ours("monotonic"),
  columnValuesToBeDecreasing: ours("monotonic", "monotonic: { column, by, direction: falling }"),
  tableRowCountToBeBetween: ours("row_count"),
  tableRowCountToEqual: ours("row_count"),
  // Deequ
  isComplete: ours("null_values"),
  hasCompleteness: ours("null_values", "null_values: { column, tolerance }"),
  isUnique: ours("duplicate_values"),
  isPrimaryKey: ours("duplicate_values"),
  hasUniqueness: ours("unique_ratio"),
  hasDistinctness: ours("distinctness"),
  isContainedIn: byValues,
  hasPattern: byPattern,
  isNonNegative: ours("value_range", "value_range: { column, min: 0 }"),
  isPositive: ours("row_predicate"),
  satisfies: ours("row_predicate"),
  hasSize: ours("row_count"),
  hasMin: ours("min"),
  hasMax: ours("max"),
  hasMean: ours("mean"),
  hasSum: ours("sum"),
  hasStandardDeviation: ours("stdev"),
  hasApproxQuantile: ours("quantile"),
  hasEntropy: ours("entropy"),
  hasCorrelation: ours("correlation"),
  isGreaterThan: ours("pair_compare"),
  isLessThan: ours("pair_compare"),
};

/** What a check is called here that other tools, or earlier projects, call so; undefined for a name of nobody. */
export function ourName(written: string): string | undefined {
  const name = plainName(written);
  return hint(foreign[name] ?? foreign[lowerFirst(name.replace(/^expect/i, ""))]);
}

/** The same for a name that is nearly one of theirs. */
export function nearOurName(written: string): string | undefined {
  const near = nearestName(plainName(written), Object.keys(foreign));
  return near === undefined ? undefined : hint(foreign[near]);
}

const hint = (found: Ours | undefined): string | undefined =>
  found && `here it is called "${found.as ?? found.kind}"`;

/** A name without its package, in camelCase. */
function plainName(written: string): string {
  const bare = written.replace(/^(?:dbt_utils|dbt_expectations)\./, "");
  return camelCase(
    bare.toLowerCase() === bare ? bare : bare.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, "_").toLowerCase(),
  );
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

import { notOfFormat } from "../sql/formats/format-holds.ts";
import type { GraphCheck } from "../graph/graph.ts";
import { numberText } from "../graph/number-text.ts";

/** A number of things, of how many: `12 of 20,000 rows`. */
export function counted(value: number, of: number | undefined, unit: Unit): string {
  if (of === undefined || unit !== rowUnit)
    return `${numberText(value)} ${value === 1 ? unit.one : unit.many}`;
  return `${numberText(value)} of ${numberText(of)} ${of === 1 ? unit.one : unit.many}`;
}

export const rows = (count: number): string => counted(count, undefined, rowUnit);

export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}

interface Unit {
  readonly one: string;
  readonly many: string;
}

const rowUnit: Unit = { one: "row", many: "rows" };

/** What a check counts. */
export function unitOf(check: GraphCheck): Unit {
  switch (check.check) {
    case "distinct_set":
      return { one: "value", many: "values" };
    case "time_coverage":
      return { one: check.grain, many: `${check.grain}s` };
    default:
      return rowUnit;
  }
}

/** What is wrong with what offends, in words that go on after its number. */
export function offence(check: GraphCheck, count: number): string {
  const among = check.where === undefined ? "" : `, of those where ${check.where}`;
  return `${reason(check, count)}${among}`;
}

function reason(check: GraphCheck, count: number): string {
  switch (check.check) {
    case "null_values":
      return `without a value in ${check.column}`;
    case "missing_values":
      return `where ${check.column} is null, blank or a word for nothing`;
    case "invalid_values":
      return check.values === undefined
        ? `where ${check.column} does not match /${check.pattern}/`
        : `with a value of ${check.column} that is not accepted`;
    case "forbidden_values":
      return `with a forbidden value of ${check.column}`;
    case "value_range":
    case "length":
      return `with ${check.check === "length" ? "a length of " : ""}${check.column} outside ${check.min ?? "…"} to ${check.max ?? "…"}`;
    case "format":
      return `where ${check.column} is ${notOfFormat(check.format)}`;
    case "type_conformance":
      return `where ${check.column} cannot be read as ${check.type}`;
    case "must_be_null":
      return `with a value in ${check.column}`;
    case "future_dates":
      return `where ${check.column} is after the time of the run`;
    case "late_rows":
      return `where ${check.arrived} is more than ${check.max} after ${check.column}`;
    case "row_predicate":
      return `where ${check.expression} does not hold`;
    case "pair_compare":
      return `where ${check.column} ${check.is} ${check.other} does not hold`;
    case "column_sum":
      return `where ${check.columns.join(" + ")} is not ${check.total}`;
    case "unique_within_row":
      return `where two of ${check.columns.join(", ")} are the same`;
    case "json_schema":
      return `where ${check.column} does not fit the schema`;
    case "pii_leak":
      return "with a value that looks personal, in columns that are not tagged so";
    case "duplicate_values":
      return `repeat the value of ${check.columns.join(", ")}`;
    case "distinct_set":
      return `of ${check.column} missing or not listed`;
    case "monotonic":
      return `where ${check.column} ${check.direction === "falling" ? "rises" : "falls"} in the order of ${check.by}`;
    case "sequential":
      return `behind a gap or a repetition of ${check.column}`;
    case "intervals_disjoint":
      return `where ${check.start} to ${check.end} overlaps an earlier row, or ends before it starts`;
    case "time_coverage":
      return `without a row, by ${check.column}`;
    case "referential_integrity":
      return `with a value of ${check.column} that ${check.to} does not have`;
    case "dataset_diff":
      return `in only one of the two, this dataset and ${check.to}`;
    default:
      return count === 1 ? "offends" : "offend";
  }
}

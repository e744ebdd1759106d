import type { RowRule } from "../define/check-spec.ts";
import type { LogicalType } from "../define/column.ts";
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { formatHolds } from "../sql/formats/format-holds.ts";
import { patternHolds } from "../sql/pattern-holds.ts";
import { quoteName } from "../sql/quote.ts";
import { jsonMisfit } from "../sql/json-schema.ts";
import { literal, literals, secondsOf } from "./literal.ts";
import { leakCondition, leakingColumns } from "./pii-leak.ts";

/** What decides beside a check about whether a row offends. */
export interface RowSetting {
  readonly columns: readonly GraphColumn[];
  /** The run's logical time, as text; rules about it are judged last. */
  readonly runTime?: string;
}

type RowCheck = Extract<GraphCheck, { readonly check: RowRule["check"] }>;

/** The SQL condition under which a row offends; undefined for checks that do not judge rows one by one. */
export function rowCondition(check: GraphCheck, setting: RowSetting): string | undefined {
  const rule = conditions[check.check as RowCheck["check"]] as
    | ((check: GraphCheck, setting: RowSetting) => string)
    | undefined;
  return rule?.(check, setting);
}

/** A null on either side of a comparison offends nobody: it is neither true nor false. */
const conditions: {
  readonly [K in RowCheck["check"]]: (
    check: Extract<RowCheck, { readonly check: K }>,
    setting: RowSetting,
  ) => string;
} = {
  null_values: ({ column }) => `${quoteName(column)} is null`,
  missing_values: ({ column, values = [] }, { columns }) => {
    const value = quoteName(column);
    if (typeOf(columns, column) !== "VARCHAR") {
      return values.length === 0
        ? `${value} is null`
        : `${value} is null or ${value} in (${literals(values)})`;
    }
    const blank = `${value} is null or regexp_full_match(${value}, '[\\s\\p{Z}]*')`;
    return values.length === 0 ? blank : `${blank} or trim(${value}) in (${literals(values.map(String))})`;
  },
  invalid_values: ({ column, values, pattern }) =>
    values === undefined
      ? `not ${patternHolds(quoteName(column), pattern ?? "")}`
      : `${quoteName(column)} not in (${literals(values)})`,
  forbidden_values: ({ column, values }) => `${quoteName(column)} in (${literals(values)})`,
  value_range: ({ column, min, max }) => outside(quoteName(column), min, max),
  length: ({ column, min, max }) => outside(`length(${quoteName(column)})`, min, max),
  format: ({ column, format }) => `not ${formatHolds(format, quoteName(column))}`,
  type_conformance: ({ column, type }) => unreadable(quoteName(column), type),
  must_be_null: ({ column }) => `${quoteName(column)} is not null`,
  future_dates: ({ column }, { runTime }) =>
    `cast(${quoteName(column)} as timestamp) > timestamp ${literal(runTime ?? "infinity")}`,
  late_rows: ({ column, arrived, max }) =>
    `epoch(cast(${quoteName(arrived)} as timestamp)) - epoch(cast(${quoteName(column)} as timestamp)) > ${secondsOf(max)}`,
  row_predicate: ({ expression }) => `not (${expression}\n)`,
  pair_compare: ({ column, is, other }) => `not (${quoteName(column)} ${is} ${quoteName(other)})`,
  column_sum: ({ columns, total, within = 0 }) => {
    const sum = columns.map(quoteName).join(" + ");
    const wanted = typeof total === "number" ? String(total) : quoteName(total);
    return within === 0 ? `(${sum}) <> ${wanted}` : `abs((${sum}) - ${wanted}) > ${within}`;
  },
  unique_within_row: ({ columns }) =>
    columns
      .flatMap((one, at) => columns.slice(at + 1).map((other) => `${quoteName(one)} = ${quoteName(other)}`))
      .join(" or "),
  json_schema: ({ column, schema }) => jsonMisfit(quoteName(column), schema),
  pii_leak: (check, { columns }) => leakCondition(leakingColumns(check, columns), check.kinds),
};

const typeOf = (columns: readonly GraphColumn[], name: string): string | undefined =>
  columns.find((column) => column.name === name)?.engineType;

function outside(value: string, min: number | string | undefined, max: number | string | undefined): string {
  const sides = [
    ...(min === undefined ? [] : [`${value} < ${literal(min)}`]),
    ...(max === undefined ? [] : [`${value} > ${literal(max)}`]),
  ];
  return sides.length === 0 ? "false" : sides.join(" or ");
}

const instant = String.raw`\d{4,}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*([Zz]|[+-]\d\d(:?\d\d)?)?)?`;

/** Text that cannot be read as a type. The engine's own casts round, and read what they like out of more. */
export function unreadable(value: string, type: LogicalType): string {
  const text = `trim(${value})`;
  const refused = (pattern: string, as: string): string =>
    `not regexp_full_match(${text}, '${pattern}') or (${value} is not null and try_cast(${text} as ${as}) is null)`;
  switch (type) {
    case "text":
      return "false";
    case "integer":
      return refused(String.raw`[+-]?\d+`, "bigint");
    case "number":
      return `${value} is not null and coalesce(not isfinite(try_cast(${text} as double)), true)`;
    case "decimal":
      return `not regexp_full_match(${text}, '[+-]?(\\d+(\\.\\d*)?|\\.\\d+)')`;
    case "boolean":
      return `${value} is not null and try_cast(${text} as boolean) is null`;
    case "date":
      return refused(String.raw`\d{4,}-\d\d-\d\d`, "date");
    case "timestamp":
      return refused(instant, "timestamp");
    case "json":
      return `not json_valid(${value})`;
  }
}

/** What the settings of each kind of check may be. Rules that need more than one setting are in `judge-limits.ts`. */
import * as z from "zod/mini";
import { textFormats } from "../define/text-format.ts";
import { type CheckKind, leakKinds } from "../define/check-spec.ts";
import { shareOf } from "../graph/share.ts";
import {
  count,
  duration,
  list,
  logicalTypes,
  number,
  optionalText,
  severity,
  text,
  value,
} from "./schemas.ts";

const toleranceText = 'a share such as "0.1%", above 0 and below 100, or a number of rows from 1';
const tolerance = z.optional(
  z.union([z.string(), z.number()], toleranceText).check(
    z.refine((written) => {
      if (typeof written === "number") return Number.isInteger(written) && written >= 1;
      const share = shareOf(written);
      return share !== undefined && share > 0 && share < 1;
    }, toleranceText),
  ),
);

const shareText = 'a share such as "0.1%", above 0 and below 100';

/** Of a number that is not a number of rows. */
const shareTolerance = z.string(shareText).check(
  z.refine((written) => {
    const share = shareOf(written);
    return share !== undefined && share > 0 && share < 1;
  }, shareText),
);

/** Settings that every kind takes; those that are asked of some rows; those that count what offends. */
const every = { name: optionalText, severity };
const filtered = { ...every, where: optionalText };
const counted = { ...filtered, tolerance };

/** Settings that may stand beside a kind in YAML as well as in it. */
export const sharedSettings = ["name", "severity", "where", "tolerance"] as const;

const limits = { min: z.optional(number), max: z.optional(number) };
const counts = { min: z.optional(count), max: z.optional(count) };
const valueLimits = { min: z.optional(value), max: z.optional(value) };
const values = z.array(z.union([z.string(), number])).check(z.minLength(1, "at least one value"));
const columns = list.check(z.minLength(1, "at least one column"));
const several = list.check(z.minLength(2, "at least two columns"));
const time = z
  .string()
  .check(
    z.refine(
      (written) => /^\d{4}-\d\d-\d\d/.test(written) && !Number.isNaN(Date.parse(written)),
      "an ISO date",
    ),
  );

const ofColumn = z.strictObject({ ...counted, column: text });
const measured = z.strictObject({ ...filtered, column: text, ...limits });

/** Checks by kind, as plain data. */
export const checkSchemas = {
  null_values: ofColumn,
  missing_values: z.strictObject({ ...counted, column: text, values: z.optional(values) }),
  invalid_values: z.strictObject({
    ...counted,
    column: text,
    values: z.optional(values),
    pattern: z.optional(text),
  }),
  forbidden_values: z.strictObject({ ...counted, column: text, values }),
  value_range: z.strictObject({ ...counted, column: text, ...valueLimits }),
  length: z.strictObject({ ...counted, column: text, ...counts }),
  format: z.strictObject({ ...counted, column: text, format: z.enum(textFormats) }),
  type_conformance: z.strictObject({ ...counted, column: text, type: z.enum(logicalTypes) }),
  must_be_null: ofColumn,
  late_rows: z.strictObject({ ...counted, column: text, arrived: text, max: duration }),
  row_predicate: z.strictObject({ ...counted, expression: text }),
  pair_compare: z.strictObject({
    ...counted,
    column: text,
    is: z.enum(["<", "<=", "=", "<>", ">=", ">"]),
    other: text,
  }),
  column_sum: z.strictObject({
    ...counted,
    columns,
    total: value,
    within: z.optional(number.check(z.gte(0, "a number from 0"))),
  }),
  unique_within_row: z.strictObject({ ...counted, columns: several }),
  json_schema: z.strictObject({ ...counted, column: text, schema: z.record(z.string(), z.unknown()) }),
  pii_leak: z.strictObject({
    ...counted,
    columns: z.optional(columns),
    kinds: z.optional(z.array(z.enum(leakKinds)).check(z.minLength(1, "at least one kind"))),
  }),
  duplicate_values: z.strictObject({ ...counted, columns }),
  distinct_set: z.strictObject({
    ...filtered,
    column: text,
    values,
    must: z.optional(z.enum(["equal", "contain"])),
  }),
  monotonic: z.strictObject({
    ...counted,
    column: text,
    by: text,
    per: z.optional(columns),
    direction: z.optional(z.enum(["rising", "falling"])),
    strict: z.optional(z.boolean()),
  }),
  sequential: z.strictObject({
    ...counted,
    column: text,
    per: z.optional(columns),
    step: z.optional(number.check(z.refine((step) => step > 0, "a number above 0"))),
  }),
  intervals_disjoint: z.strictObject({ ...counted, start: text, end: text, per: z.optional(columns) }),
  time_coverage: z.strictObject({
    ...filtered,
    column: text,
    grain: z.enum(["hour", "day", "week", "month"]),
    begin: z.optional(time),
    until: z.optional(time),
  }),
  sql: z.strictObject({ ...counted, sql: text }),
  row_count: z.strictObject({ ...filtered, ...counts }),
  distinct_count: z.strictObject({ ...filtered, column: text, ...counts }),
  min: z.strictObject({ ...filtered, column: text, ...valueLimits }),
  max: z.strictObject({ ...filtered, column: text, ...valueLimits }),
  sum: measured,
  mean: measured,
  median: measured,
  stdev: measured,
  quantile: z.strictObject({
    ...filtered,
    column: text,
    at: number.check(z.gte(0, "a number from 0 to 1"), z.lte(1, "a number from 0 to 1")),
    ...limits,
  }),
  unique_ratio: measured,
  distinctness: measured,
  top_value: z.strictObject({ ...filtered, column: text, values: z.optional(values), ...limits }),
  outlier_share: z.strictObject({
    ...filtered,
    column: text,
    max: number.check(z.gte(0, "a share from 0 to 1")),
    by: z.optional(z.enum(["z", "iqr"])),
    beyond: z.optional(number.check(z.refine((far) => far > 0, "a number above 0"))),
  }),
  correlation: z.strictObject({
    ...filtered,
    columns: list.check(z.length(2, "two columns")),
    ...limits,
  }),
  entropy: measured,
  metric_sql: z.strictObject({ ...filtered, sql: text, ...limits }),
  metric_anomaly: z.strictObject({
    ...filtered,
    sql: text,
    kind: z.optional(z.enum(["count", "share", "amount"])),
  }),
  schema_match: z.strictObject({
    ...every,
    columns: z
      .record(z.string(), z.enum(logicalTypes))
      .check(z.refine((columns) => Object.keys(columns).length > 0, "at least one column")),
    ordered: z.optional(z.boolean()),
    others: z.optional(z.boolean()),
  }),
  schema_change: z.strictObject({
    ...every,
    allow: z.optional(z.array(z.enum(["added", "removed", "retyped", "moved"]))),
  }),
  column_exists: z.strictObject({ ...every, columns }),
  column_count: z.strictObject({ ...every, ...counts }),
  freshness: z.strictObject({ ...filtered, column: text, max: duration }),
  future_dates: ofColumn,
  referential_integrity: z.strictObject({ ...counted, column: text, to: text }),
  row_count_match: z.strictObject({ ...counted, to: text }),
  aggregate_match: z.strictObject({
    ...filtered,
    tolerance: z.optional(shareTolerance),
    aggregate: z.enum(["sum", "min", "max", "mean", "count", "distinct_count"]),
    column: text,
    to: text,
  }),
  distribution_drift: z.strictObject({
    ...filtered,
    column: text,
    max: number.check(z.gte(0, "a number from 0")),
    by: z.optional(z.enum(["psi", "ks", "js", "wasserstein"])),
    to: optionalText,
  }),
  dataset_diff: z.strictObject({ ...counted, to: text, columns: z.optional(columns) }),
} as const satisfies Partial<Record<CheckKind, z.ZodMiniType>>;

export type WrittenKind = keyof typeof checkSchemas;

/** The setting that a check is about, which may stand for all of them: `- null_values: author`. */
export const mainSetting: Partial<Readonly<Record<WrittenKind, string>>> = {
  null_values: "column",
  future_dates: "column",
  column_exists: "columns",
  row_count_match: "to",
  dataset_diff: "to",
  missing_values: "column",
  must_be_null: "column",
  duplicate_values: "columns",
  unique_within_row: "columns",
  pii_leak: "columns",
  row_predicate: "expression",
  sql: "sql",
  metric_anomaly: "sql",
};

/** Settings that name columns of the check's own dataset, for every kind. */
const columnSettings = [
  "column",
  "columns",
  "other",
  "arrived",
  "total",
  "by",
  "per",
  "start",
  "end",
] as const;

/** The columns that a check names, by the setting they stand in. Only in `monotonic` does `by` name one. */
export function columnsNamed(check: object): readonly (readonly [setting: string, column: string])[] {
  const settings = check as Readonly<Record<string, unknown>>;
  return columnSettings.flatMap((setting) => {
    if (setting === "by" && settings["check"] !== "monotonic") return [];
    const named = settings[setting];
    if (typeof named === "string") return [[setting, named] as const];
    return Array.isArray(named) ? named.map((column) => [setting, String(column)] as const) : [];
  });
}

/** The check with its columns named in another way. */
export function renameColumns<T extends object>(check: T, rename: (column: string) => string): T {
  const renamed = { ...check } as Record<string, unknown>;
  for (const [setting, column] of columnsNamed(check)) {
    const named = renamed[setting];
    renamed[setting] = Array.isArray(named)
      ? named.map((one: unknown) => (one === column ? rename(column) : one))
      : rename(column);
  }
  return renamed as T;
}

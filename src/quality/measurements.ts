import type { GraphCheck } from "../graph/graph.ts";
import { quoteName } from "../sql/quote.ts";
import { trimQuery } from "../sql/scan-sql.ts";
import type { Measure } from "./questions.ts";
import { judged, judgedAsThis } from "./set-rules.ts";

/** How a measurement is asked: an aggregate that shares a scan, or a query of its own with one value. */
export type Measuring =
  | { readonly aggregate: string; readonly columns?: readonly string[]; readonly measure?: Measure }
  | { readonly query: string };

/** What a check measures; undefined for checks that count what offends. */
export function measuring(check: GraphCheck, columnCount: number): Measuring | undefined {
  const { where } = check;
  switch (check.check) {
    case "row_count":
      return {
        aggregate: where === undefined ? "count(*)" : `count(case when (${where}\n) then 1 end)`,
        columns: [],
      };
    case "distinct_count":
    case "min":
    case "max":
    case "sum":
    case "mean":
    case "median":
    case "stdev":
    case "entropy":
      return {
        aggregate: asNumber(aggregates[check.check](value(check.column, where)), isTimed(check)),
        columns: [check.column],
        measure: check.check,
      };
    case "quantile":
      return {
        aggregate: `quantile_cont(cast(${value(check.column, where)} as double), ${check.at})`,
        columns: [check.column],
      };
    case "distinctness": {
      const judgedValue = value(check.column, where);
      return {
        aggregate: `count(distinct ${judgedValue}) / nullif(count(${judgedValue}), 0)`,
        columns: [check.column],
      };
    }
    case "correlation": {
      const [a = "", b = ""] = check.columns.map((column) => value(column, where));
      return {
        aggregate: finite(`corr(cast(${a} as double), cast(${b} as double))`),
        columns: check.columns,
      };
    }
    case "column_count":
      return { query: `select ${columnCount}` };
    case "unique_ratio":
      return {
        query: `select count(case when times = 1 then 1 end) / sum(times) from (select count(*) as times from ${judged(where, [check.column])} group by ${quoteName(check.column)})`,
      };
    case "outlier_share":
      return { query: outlierShare(check) };
    case "metric_sql":
      return { query: `${judgedAsThis(where)}select (${trimQuery(check.sql)}\n)` };
    case "metric_anomaly":
      // A series has no infinite values: they would be the limits of everything after them.
      return {
        query: `${judgedAsThis(where)}select ${finite("cast(metric as double)")} from (select (${trimQuery(check.sql)}\n) as metric)`,
      };
    default:
      return undefined;
  }
}

/** Whether the limits are times, so that the value is one: it is measured in seconds since 1970. */
export const isTimed = (check: { readonly min?: unknown; readonly max?: unknown }): boolean =>
  [check.min, check.max].some((limit) => typeof limit === "string" && /^-?\d{4,}-\d\d-\d\d/.test(limit));

const asNumber = (sql: string, timed: boolean): string =>
  timed ? `epoch(cast(${sql} as timestamp))` : `cast(${sql} as double)`;

/** A column's value in judged rows; null elsewhere. */
const value = (column: string, where: string | undefined): string =>
  where === undefined ? quoteName(column) : `case when (${where}\n) then ${quoteName(column)} end`;

/** An undefined number, as of a column that is always the same, is none. */
const finite = (number: string): string => `case when isfinite(${number}) then ${number} end`;

const aggregates: Readonly<Record<Measure, (value: string) => string>> = {
  distinct_count: (value) => `count(distinct ${value})`,
  min: (value) => `min(${value})`,
  max: (value) => `max(${value})`,
  sum: (value) => `sum(${value})`,
  mean: (value) => `avg(${value})`,
  median: (value) => `median(cast(${value} as double))`,
  stdev: (value) => `stddev_samp(cast(${value} as double))`,
  entropy: (value) => `case when count(${value}) > 0 then entropy(${value}) end`,
};

function outlierShare(check: Extract<GraphCheck, { readonly check: "outlier_share" }>): string {
  const { column, by = "z", beyond = by === "z" ? 3 : 1.5, where } = check;
  const rows = `select cast(${quoteName(column)} as double) as value from ${judged(where, [column])}`;
  const limits =
    by === "z"
      ? // What lies on a limit is not beyond it because of how means are rounded.
        `coalesce(stddev_samp(value), 0) as deviation, ${beyond} * deviation + 1e-12 * (abs(avg(value)) + deviation) as far, avg(value) - far as low, avg(value) + far as high`
      : `quantile_cont(value, 0.75) - quantile_cont(value, 0.25) as spread, quantile_cont(value, 0.25) - ${beyond} * spread as low, quantile_cont(value, 0.75) + ${beyond} * spread as high`;
  return `with judged as (${rows}), limits as (select ${limits} from judged)
    select count(case when value < low or value > high then 1 end) / nullif(count(*), 0) from judged, limits`;
}

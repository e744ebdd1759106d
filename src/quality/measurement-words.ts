import type { GraphCheck } from "../graph/graph.ts";
import { numberText } from "../graph/number-text.ts";
import { secondsOf } from "./literal.ts";
import { isTimed } from "./measurements.ts";

/** What a check measures, with its limits as numbers. */
export interface Measurement {
  /** What is measured, in words. */
  readonly what: string;
  readonly limits: { readonly min?: number; readonly max?: number };
  readonly show: (value: number) => string;
}

/** How the measurement of a check is told; undefined for checks that count what offends. */
export function measurementOf(check: GraphCheck): Measurement | undefined {
  switch (check.check) {
    case "row_count":
    case "column_count":
      return told(check.check, check);
    case "distinct_count":
    case "min":
    case "max":
    case "sum":
    case "mean":
    case "median":
    case "stdev":
    case "unique_ratio":
    case "distinctness":
    case "entropy":
      return told(`${check.check}(${check.column})`, check);
    case "quantile":
      return told(`the ${check.at} quantile of ${check.column}`, check);
    case "correlation":
      return told(`the correlation of ${check.columns.join(" and ")}`, check);
    case "distribution_drift":
      return told(`the drift (${check.by ?? "psi"}) of ${check.column}`, { max: check.max });
    case "outlier_share":
      return told(`the share of outliers of ${check.column}`, { max: check.max });
    case "freshness":
      return {
        what: `the age of the newest ${check.column}`,
        limits: { max: secondsOf(check.max) },
        show: durationText,
      };
    case "metric_sql":
      return told("the metric", check);
    case "metric_anomaly":
      // Whether it is one that was to be expected is judged by what was published before.
      return told("the metric", metricLimits[check.kind ?? "amount"]);
    default:
      return undefined;
  }
}

/** What no whole number of things and no share can be. */
const metricLimits = { count: { min: 0 }, share: { min: 0, max: 1 }, amount: {} } as const;

function told(
  what: string,
  { min, max }: { readonly min?: number | string; readonly max?: number | string },
): Measurement {
  const timed = isTimed({ min, max });
  const number = (limit: number | string): number => (timed ? secondsAt(String(limit)) : Number(limit));
  return {
    what,
    limits: {
      ...(min === undefined ? {} : { min: number(min) }),
      ...(max === undefined ? {} : { max: number(max) }),
    },
    show: timed ? timeOf : figure,
  };
}

/** Times without a zone are UTC. */
const secondsAt = (text: string): number =>
  Date.parse(
    /\d{2}:\d{2}/.test(text) && !/(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(text)
      ? `${text.replace(" ", "T")}Z`
      : text,
  ) / 1000;

const timeOf = (seconds: number): string =>
  Number.isFinite(seconds) && Math.abs(seconds) < 8.64e12
    ? new Date(seconds * 1000).toISOString().replace(/T00:00:00\.000Z$/, "")
    : String(seconds);

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;

/** Seconds as somebody says them: `26h`, `3d`; of the future, with a minus. */
function durationText(seconds: number): string {
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= 2 * length) ?? ["s", 1];
  return `${(seconds / length).toFixed(1).replace(/\.0$/, "")}${unit}`;
}

/** Whole numbers as they are; others so far as anybody reads them. */
const figure = (value: number): string => numberText(value, Number.isInteger(value) ? undefined : 6);

import { type ColumnProfile, type Profile, shareBelow } from "../../graph/profile.ts";
import type { ColumnStatistics } from "../../graph/table-column.ts";
import type { Version } from "../../graph/version.ts";
import type { AccuracyMeasure } from "./accuracy.ts";
import { stabilityIndex } from "./drift.ts";
import type { SeriesKind } from "./judge-series.ts";

/** What is measured of every column that has it; each is a series from one release to the next. */
export const columnMeasures = [
  "nulls",
  "blanks",
  "distinct",
  "values",
  "top",
  "mean",
  "deviation",
  "low",
  "median",
  "high",
  "age",
  "drift",
] as const;

export type ColumnMeasure = (typeof columnMeasures)[number];

/** What one release's version of a dataset measured. Numbers only: nothing in it is anybody's. */
export interface Measures {
  readonly rows: number;
  /** Rows that were looked at for what is measured on a sample. */
  readonly sampled: number;
  readonly columns: Readonly<Record<string, Readonly<Partial<Record<ColumnMeasure, number>>>>>;
  /** What checks of kind `metric_anomaly` measured, by their names. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** How right ML models were, by consumer. */
  readonly models?: Readonly<Record<string, Readonly<Partial<Record<AccuracyMeasure, number>>>>>;
}

/** How values of a measure may vary. */
export const kindOf: Readonly<Record<ColumnMeasure | "volume", SeriesKind>> = {
  volume: "count",
  nulls: "share",
  blanks: "share",
  distinct: "share",
  values: "amount",
  top: "share",
  mean: "amount",
  deviation: "amount",
  low: "amount",
  median: "amount",
  high: "amount",
  age: "amount",
  drift: "amount",
};

/**
 * Measure a version that is published at a time (milliseconds). `before`: the profile of the one it replaces; `coded`: columns
 * whose contract has coded blanks.
 */
export function measure(
  version: Pick<Version, "rows" | "columns" | "counts">,
  profile: Profile | undefined,
  before: Profile | undefined,
  at: number,
  coded: ReadonlySet<string> = new Set(),
): Measures {
  const { received = 0, blanks = {} } = version.counts ?? {};
  const columns = version.columns.map((column) => {
    const seen = profile?.columns.find(({ name }) => name === column.name);
    const earlier = before?.columns.find(({ name }) => name === column.name);
    const looked = { rows: version.rows, sampled: profile?.sampled ?? 0, at };
    const measured = measureColumn(column, seen, earlier, looked);
    if (!coded.has(column.name) || received === 0) return [column.name, measured] as const;
    const found = Object.hasOwn(blanks, column.name) ? (blanks[column.name] ?? 0) : 0;
    return [column.name, { ...measured, blanks: short(found / received) }] as const;
  });
  return {
    rows: version.rows,
    sampled: profile?.sampled ?? 0,
    columns: Object.fromEntries(columns),
    ...(profile?.accuracy === undefined ? {} : { models: profile.accuracy }),
  };
}

function measureColumn(
  { nulls, loose, engineType }: ColumnStatistics,
  seen: ColumnProfile | undefined,
  earlier: ColumnProfile | undefined,
  { rows, sampled, at }: { readonly rows: number; readonly sampled: number; readonly at: number },
): Measures["columns"][string] {
  const share = rows === 0 ? 0 : Math.min(1, nulls / rows);
  const exact = { nulls: loose && seen ? seen.nulls : short(share) };
  if (seen === undefined || rows === 0) return exact;
  const { distinct, top, quantiles } = seen;
  // Of columns of categories, how many there are; how large a share of the rows that is hangs on the rows.
  const values = (1 - seen.nulls) * sampled;
  const different = distinct < 0.5 ? { values: Math.round(distinct * values) } : { distinct };
  const shares = { ...exact, ...different, ...(top[0] === undefined ? {} : { top: short(top[0].share) }) };
  if (/^(DATE|TIMESTAMP)/.test(engineType)) {
    const newest = quantiles?.at(-1);
    return newest === undefined ? shares : { ...shares, age: short(at - newest) };
  }
  // Numbers that all differ are names of things: how large they are says nothing.
  if (distinct > 0.99 && /INT/.test(engineType) && rows > 1) return shares;
  const drift = earlier === undefined ? undefined : driftBetween(earlier, seen);
  return {
    ...shares,
    ...(seen.mean === undefined ? {} : { mean: short(seen.mean) }),
    ...(seen.deviation === undefined ? {} : { deviation: short(seen.deviation) }),
    // Lengths of text have a mean and a spread worth following; where they lie says little more.
    ...(quantiles === undefined || !isNumber.test(engineType)
      ? {}
      : {
          low: short(quantiles[1] ?? 0),
          median: short(quantiles[10] ?? 0),
          high: short(quantiles[19] ?? 0),
        }),
    ...(drift === undefined ? {} : { drift: short(drift.stability) }),
  };
}

const isNumber = /INT|DECIMAL|DOUBLE|FLOAT|REAL/;

const short = (value: number): number => Number(value.toPrecision(7));

/** How far a column moved from a reference, in the measures that are usual; each with the one definition of `drift.ts`. */
export interface Distances {
  /** The population stability index, in tenths of the reference (or its most frequent values and the rest). */
  readonly stability: number;
  /** The largest distance between the two distribution functions, at the quantiles that are known. */
  readonly kolmogorovSmirnov?: number;
  /** How far values have to move on average, in their units. */
  readonly wasserstein?: number;
}

/** How far a column has moved between two profiles; undefined where they have nothing to compare. */
export function driftBetween(reference: ColumnProfile, current: ColumnProfile): Distances | undefined {
  const known = reference.top.every(({ value }) => value !== undefined);
  if (reference.top.length > 0 && known && covers(reference)) {
    const shares = (column: ColumnProfile): number[] => {
      const each = reference.top.map(
        ({ value }) => column.top.find((one) => one.value === value)?.share ?? 0,
      );
      return [...each, Math.max(0, 1 - each.reduce((sum, share) => sum + share, 0))];
    };
    return { stability: stabilityIndex(shares(reference), shares(current)) };
  }
  const [from, to] = [reference.quantiles, current.quantiles];
  if (from === undefined || to === undefined) return undefined;
  const borders = [...new Set([2, 4, 6, 8, 10, 12, 14, 16, 18].map((place) => from[place] ?? 0))];
  const shares = (quantiles: readonly number[]): number[] => {
    const below = [...borders.map((border) => shareBelow(quantiles, border)), 1];
    return below.map((share, bin) => share - (below[bin - 1] ?? 0));
  };
  const places = [...from, ...to];
  return {
    stability: stabilityIndex(shares(from), shares(to)),
    kolmogorovSmirnov: Math.max(
      ...places.map((place) => Math.abs(shareBelow(from, place) - shareBelow(to, place))),
    ),
    wasserstein:
      from.reduce((sum, value, index) => sum + Math.abs(value - (to[index] ?? value)), 0) / from.length,
  };
}

/** Whether the most frequent values are most of all. */
const covers = ({ top }: ColumnProfile): boolean => top.reduce((sum, { share }) => sum + share, 0) > 0.5;

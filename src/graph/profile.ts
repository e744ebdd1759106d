/** What the rows of a version look like, from some of them that are spread over all. It holds no row, and of personal columns no value. */
export interface Profile {
  /** Rows of the version, and how many were looked at. */
  readonly rows: number;
  readonly sampled: number;
  /** Rows that were looked at in earlier versions and are not there any more. */
  readonly gone?: number;
  readonly columns: readonly ColumnProfile[];
  /** How right ML models were whose predictions it holds, by consumer and measure. */
  readonly accuracy?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface ColumnProfile {
  readonly name: string;
  /** The share of rows without a value. */
  readonly nulls: number;
  /** How many different values there are, as a share of those that were looked at. */
  readonly distinct: number;
  /** The most frequent values with their shares, most frequent first; text is cut. Of personal columns, shares alone. */
  readonly top: readonly TopValue[];
  /** Of numbers (times in milliseconds since 1970; of text, its length in characters): mean and standard deviation. */
  readonly mean?: number;
  readonly deviation?: number;
  /** The values below which 0, 5, 10 … 100 % lie. */
  readonly quantiles?: readonly number[];
}

export interface TopValue {
  readonly value?: string;
  readonly share: number;
}

/** A column that a profile is about. */
export interface ProfiledColumn {
  readonly name: string;
  readonly engineType: string;
  /** Its values are somebody's: none is kept. */
  readonly personal: boolean;
}

/** How many quantiles a profile has: every twentieth, with both ends. */
export const quantileCount = 21;
/** How many of the most frequent values a profile has. */
export const topCount = 5;

/** The profile of a table from those of its parts, each standing for so many rows. A part without rows says nothing. */
export function mergeProfiles(
  parts: readonly { readonly profile: Profile; readonly rows: number }[],
): Profile | undefined {
  const filled = parts.filter(({ rows, profile }) => rows > 0 && profile.sampled > 0);
  const [first] = filled.length > 0 ? filled : parts;
  if (first === undefined) return undefined;
  const rows = filled.reduce((sum, part) => sum + part.rows, 0);
  if (filled.length < 2) return { ...first.profile, rows };
  const columns = first.profile.columns.flatMap(({ name }) => {
    const found = filled.flatMap(({ profile, rows: weight }) => {
      const column = profile.columns.find((one) => one.name === name);
      return column === undefined ? [] : [{ column, weight, sampled: profile.sampled }];
    });
    return found.length < filled.length ? [] : [mergeColumns(found)];
  });
  const gone = filled.reduce((sum, { profile }) => sum + (profile.gone ?? 0), 0);
  const sampled = filled.reduce((sum, { profile }) => sum + profile.sampled, 0);
  return { rows, sampled, ...(gone === 0 ? {} : { gone }), columns, ...mergeAccuracy(filled) };
}

/** As means over rows: exact for what is a mean, and a fair summary of the rest. */
function mergeAccuracy(
  parts: readonly { readonly profile: Profile; readonly rows: number }[],
): Pick<Profile, "accuracy"> {
  const sums = new Map<string, Map<string, { sum: number; rows: number }>>();
  for (const { profile, rows } of parts) {
    for (const [model, measures] of Object.entries(profile.accuracy ?? {})) {
      const known = sums.get(model) ?? new Map<string, { sum: number; rows: number }>();
      sums.set(model, known);
      for (const [measure, value] of Object.entries(measures)) {
        const { sum, rows: before } = known.get(measure) ?? { sum: 0, rows: 0 };
        known.set(measure, { sum: sum + value * rows, rows: before + rows });
      }
    }
  }
  if (sums.size === 0) return {};
  const means = [...sums].map(([model, measures]) => [
    model,
    Object.fromEntries([...measures].map(([measure, { sum, rows }]) => [measure, sum / rows])),
  ]);
  return { accuracy: Object.fromEntries(means) as NonNullable<Profile["accuracy"]> };
}

interface Weighted {
  readonly column: ColumnProfile;
  readonly weight: number;
  /** Rows that were looked at for it. */
  readonly sampled: number;
}

function mergeColumns(parts: readonly Weighted[]): ColumnProfile {
  const rows = parts.reduce((sum, { weight }) => sum + weight, 0);
  const average = (of: (column: ColumnProfile) => number, all = rows): number =>
    parts.reduce((sum, { column, weight }) => sum + of(column) * weight, 0) / all;
  // Of values, each part counts with as many as it has.
  const valued = parts
    .map((part) => ({ ...part, weight: part.weight * (1 - part.column.nulls) }))
    .filter(({ weight }) => weight > 0);
  const name = parts[0]?.column.name ?? "";
  const shares = {
    name,
    nulls: average(({ nulls }) => nulls),
    distinct: mergeDistinct(valued),
  };
  return { ...shares, top: mergeTops(valued), ...mergeNumbers(valued) };
}

/**
 * Different values of parts together, which may share them or not: at least as many as one of them has, and as are known
 * by name; at most all of all. Between the two as many as would be met if all values were as frequent as in the part that
 * is known best: three colours stay three, and numbers of things go on to differ.
 */
function mergeDistinct(parts: readonly Weighted[]): number {
  const counts = parts.map(({ column, sampled }) => {
    const values = sampled * (1 - column.nulls);
    return { values, different: column.distinct * values };
  });
  const values = counts.reduce((sum, one) => sum + one.values, 0);
  if (values === 0) return 0;
  const known = new Set(
    parts.flatMap(({ column }) => column.top.flatMap(({ value }) => (value === undefined ? [] : [value]))),
  );
  const least = counts.reduce((most, { different }) => Math.max(most, different), known.size);
  const most = counts.reduce((sum, { different }) => sum + different, 0);
  const best = counts.reduce((a, b) => (b.values > a.values ? b : a));
  return Math.min(most, Math.max(least, expectedDifferent(best, values))) / values;
}

/** How many different values so many draws meet, where some draws met so many: all are taken to be as frequent. */
function expectedDifferent(
  seen: { readonly values: number; readonly different: number },
  draws: number,
): number {
  const met = (all: number, times: number): number => all * -Math.expm1(-times / all);
  let [low, high] = [Math.log(Math.max(1, seen.different)), Math.log(Math.max(2, seen.values)) + 20];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (met(Math.exp(middle), seen.values) < seen.different) low = middle;
    else high = middle;
  }
  return met(Math.exp(high), draws);
}

function mergeTops(parts: readonly Weighted[]): readonly TopValue[] {
  const values = parts.reduce((sum, { weight }) => sum + weight, 0);
  const found = new Map<string, number>();
  for (const { column, weight } of parts) {
    // Values that nobody may know are told apart by their place: the most frequent stays the most frequent.
    for (const [place, { value, share }] of column.top.entries()) {
      const key = value === undefined ? `#${place}` : `=${value}`;
      found.set(key, (found.get(key) ?? 0) + (share * weight) / values);
    }
  }
  return [...found]
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, topCount)
    .map(([key, share]) => ({ ...(key.startsWith("=") ? { value: key.slice(1) } : {}), share }));
}

function mergeNumbers(parts: readonly Weighted[]): Pick<ColumnProfile, "mean" | "deviation" | "quantiles"> {
  const values = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (values === 0 || parts.some(({ column }) => column.mean === undefined)) return {};
  const mean = parts.reduce((sum, { column, weight }) => sum + (column.mean ?? 0) * weight, 0) / values;
  const squares = parts.reduce(
    (sum, { column, weight }) =>
      sum + ((column.deviation ?? 0) ** 2 + ((column.mean ?? 0) - mean) ** 2) * weight,
    0,
  );
  const deviation = Math.sqrt(squares / values);
  if (parts.some(({ column }) => column.quantiles === undefined)) return { mean, deviation };
  return { mean, deviation, quantiles: mixedQuantiles(parts, values) };
}

/** Quantiles of a mixture: those values below which each part has its share, all parts together. */
function mixedQuantiles(parts: readonly Weighted[], values: number): readonly number[] {
  const below = (value: number): number =>
    parts.reduce((sum, { column, weight }) => sum + shareBelow(column.quantiles ?? [], value) * weight, 0) /
    values;
  const places = parts.flatMap(({ column }) => column.quantiles ?? []).toSorted((a, b) => a - b);
  return Array.from({ length: quantileCount }, (_, index) => {
    const share = index / (quantileCount - 1);
    if (index === 0) return places[0] ?? 0;
    if (index === quantileCount - 1) return places.at(-1) ?? 0;
    const at = places.findIndex((place) => below(place) >= share);
    const [low, high] = [places[Math.max(0, at - 1)] ?? 0, places[Math.max(0, at)] ?? 0];
    const [under, over] = [below(low), below(high)];
    return over > under ? low + (high - low) * Math.max(0, (share - under) / (over - under)) : high;
  });
}

/** The share of values at or below one, by quantiles with straight lines between them. */
export function shareBelow(quantiles: readonly number[], value: number): number {
  const steps = quantiles.length - 1;
  const at = quantiles.findLastIndex((one) => one <= value);
  if (at < 0) return 0;
  if (at >= steps) return 1;
  const [low, high] = [quantiles[at] ?? value, quantiles[at + 1] ?? value];
  return (at + (high > low ? (value - low) / (high - low) : 0)) / steps;
}

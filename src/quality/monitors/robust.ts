/** Middles and spreads that a few wild values cannot move. */

/** The value below which a share of the values lies, with straight lines between them (Hyndman and Fan 1996, type 7). */
export function quantile(values: readonly number[], share: number): number {
  // Numbers in a typed array are sorted as such, several times as fast.
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The standard deviation that normal values with this median distance from their median would have. */
export function robustSpread(values: readonly number[]): number {
  const middle = median(values);
  // 1 / Φ⁻¹(3/4).
  return 1.482_602_218_505_602 * median(values.map((value) => Math.abs(value - middle)));
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The standard deviation of a sample, with n - 1. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

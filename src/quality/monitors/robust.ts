/** Middles and spreads that a few wild values cannot move. */

/** The value below which a share of the values lies, with straight lines between them (Hyndman and Fan 1996, type 7). */
export function quantile(values: readonly number[], share: number): number {
  const rank = share * (values.length - 1);
  const lower = Math.floor(rank);
  if (!(lower >= 0 && rank <= values.length - 1)) return Number.NaN;
  if (values.length > place.length) place = new Float64Array(2 * values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) return quantileOfAny(values, rank);
    place[index] = value;
  }
  const below = select(place, values.length, lower);
  // From there to an infinite value, or from it, there is no way.
  if (rank === lower) return Number.isFinite(below) ? below : Number.NaN;
  // Behind the value that was looked for lie those that are not below it: the next one is the least of them.
  let above = Number.POSITIVE_INFINITY;
  for (let index = lower + 1; index < values.length; index++) above = Math.min(above, place[index] ?? above);
  return below + (above - below) * (rank - lower);
}

/** Where values are put in order. Monitors ask for little else than medians, and nothing is made anew for each. */
let place = new Float64Array(128);

/** Move the values so that the one of a rank is at its place, all below it before and all above it behind (Hoare 1961). */
function select(values: Float64Array, count: number, rank: number): number {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1] ?? 0;
    let [low, high] = [from, to];
    while (low <= high) {
      while ((values[low] ?? 0) < pivot) low++;
      while ((values[high] ?? 0) > pivot) high--;
      if (low > high) break;
      const moved = values[low] ?? 0;
      values[low++] = values[high] ?? 0;
      values[high--] = moved;
    }
    if (rank <= high) to = high;
    else if (rank >= low) from = low;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

/** The same where some are no numbers: those come last. */
function quantileOfAny(values: readonly number[], rank: number): number {
  const sorted = Float64Array.from(values).sort();
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return below + (above - below) * (rank - Math.floor(rank));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The standard deviation that normal values with this median distance from their median would have. */
export function robustSpread(values: readonly number[], middle = median(values)): number {
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

/**
 * How far a distribution has moved from a reference. One fixed definition each, so that numbers can be compared from
 * one dataset to the next.
 */
import { quantile } from "./robust.ts";

/** Shares below this count as this much, so that an empty bin does not make the distance infinite. */
const floor = 1e-4;

/**
 * The population stability index Σ (p - q) ln(p / q) of two sets of shares, in the same bins (Siddiqi 2006). Below
 * 0.1 is usually called stable, above 0.25 a shift.
 */
export function stabilityIndex(reference: readonly number[], current: readonly number[]): number {
  return reference.reduce((sum, share, bin) => {
    const [q, p] = [Math.max(share, floor), Math.max(current[bin] ?? 0, floor)];
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}

/** The inner borders of ten bins with a tenth of the reference each; fewer where values repeat. */
export function deciles(reference: readonly number[]): readonly number[] {
  const borders = Array.from({ length: 9 }, (_, index) => quantile(reference, (index + 1) / 10));
  return [...new Set(borders)];
}

/** The share of values in each bin: up to and including a border, and above the last. */
export function binShares(values: readonly number[], borders: readonly number[]): readonly number[] {
  const counts = Array.from({ length: borders.length + 1 }, () => 0);
  for (const value of values) {
    const bin = borders.findIndex((border) => value <= border);
    const at = bin < 0 ? borders.length : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}

/**
 * The Jensen-Shannon distance of two sets of shares: the square root of the divergence in bits, from 0 (the same) to 1
 * (nothing in common) (Endres and Schindelin 2003).
 */
export function jensenShannon(reference: readonly number[], current: readonly number[]): number {
  const towards = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log2((2 * p) / (p + q)));
  const divergence = reference.reduce((sum, share, bin) => {
    const other = current[bin] ?? 0;
    return sum + (towards(share, other) + towards(other, share)) / 2;
  }, 0);
  return Math.sqrt(Math.max(0, divergence));
}

/** The largest distance between two empirical distribution functions (Kolmogorov 1933, Smirnov 1948). */
export function kolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  let largest = 0;
  for (const { below } of steps(reference, current)) largest = Math.max(largest, Math.abs(below));
  return largest;
}

/**
 * The two-sided p-value of a Kolmogorov-Smirnov distance, by the limiting distribution with Stephens' correction for
 * finite samples (Stephens 1970). At large samples everything is significant: look at the distance as well.
 */
export function kolmogorovSmirnovChance(distance: number, reference: number, current: number): number {
  const size = Math.sqrt((reference * current) / (reference + current));
  const scaled = (size + 0.12 + 0.11 / size) * distance;
  if (scaled < 0.2) return 1;
  let sum = 0;
  for (let term = 1; term <= 100; term++) {
    const next = 2 * (term % 2 === 1 ? 1 : -1) * Math.exp(-2 * (term * scaled) ** 2);
    sum += next;
    if (Math.abs(next) < 1e-16) break;
  }
  return Math.min(1, Math.max(0, sum));
}

/** The area between two empirical distribution functions: how far values have to move on average (in their units). */
export function wasserstein(reference: readonly number[], current: readonly number[]): number {
  let area = 0;
  for (const { below, width } of steps(reference, current)) area += Math.abs(below) * width;
  return area;
}

/** At each value of either: how much more of the reference lies at or below it, and how far it is to the next value. */
function* steps(
  reference: readonly number[],
  current: readonly number[],
): Generator<{ readonly below: number; readonly width: number }> {
  const [a, b] = [reference, current].map((values) => values.toSorted((x, y) => x - y)) as [
    number[],
    number[],
  ];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (a[i] === at) i += 1;
    while (b[j] === at) j += 1;
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    yield { below: i / a.length - j / b.length, width: next === Infinity ? 0 : next - at };
  }
}

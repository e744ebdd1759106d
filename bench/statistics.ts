/**
 * The arithmetic of the suite: medians, ratios per round, and how sure they are. Pure; chance is a seeded
 * argument, so one set of rounds always gives one interval.
 */

/** A median with the limits of its 95 % bootstrap interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The middle value; of an even number of values the mean of the two in the middle. Errors: none given. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("there is no median of no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The arithmetic mean. Errors: none given. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error("there is no mean of no values");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The median with its percentile bootstrap interval (Efron 1979): the values are drawn again with
 * replacement `draws` times; the limits are the 2.5th and 97.5th percentile of the medians of the draws.
 * Of few values it promises a little too much: of 7 it is the second to the sixth, which holds the true
 * median in 7 of 8 experiments.
 */
export function estimate(values: readonly number[], draws = 10_000, seed = 1): Estimate {
  const middle = median(values);
  if (values.length === 1) return { median: middle, low: middle, high: middle };
  const random = randomNumbers(seed);
  const medians = Array.from({ length: draws }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  ).toSorted((a, b) => a - b);
  const at = (share: number): number => medians[Math.round(share * (draws - 1))] ?? middle;
  return { median: middle, low: at(0.025), high: at(0.975) };
}

/** How far the canary moved across a round, as a share of the faster of the two: 0.1 is 10 % slower or faster. */
export function drift(before: number, after: number): number {
  return Math.max(before, after) / Math.min(before, after) - 1;
}

/** Evenly spread numbers from 0 to below 1, the same for the same seed (Mulberry32, by Tommy Ettinger). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

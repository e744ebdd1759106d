/** Healthy series of the kinds that datasets make, from a seed: nothing in them deserves an alarm. */
import type { SeriesKind } from "../../src/quality/monitors/judge-series.ts";

/** A source of chance between 0 and 1 that is the same on every machine (Steele's mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal value (Box and Muller 1958). */
export const normalFrom = (chance: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

function poissonFrom(chance: () => number, mean: number): number {
  const limit = Math.exp(-mean);
  let [count, product] = [0, chance()];
  while (product > limit) {
    count += 1;
    product *= chance();
  }
  return count;
}

export interface Series {
  readonly name: string;
  readonly kind: SeriesKind;
  /** Values of so many days. */
  readonly make: (days: number, chance: () => number) => readonly number[];
}

const each =
  (value: (day: number, normal: () => number, chance: () => number) => number): Series["make"] =>
  (days, chance) =>
    Array.from({ length: days }, (_, day) => value(day, () => normalFrom(chance), chance));

const week = [1, 1.05, 1.1, 1, 0.95, 0.4, 0.3];

export const healthySeries: readonly Series[] = [
  { name: "normal, 5 %", kind: "count", make: each((_, normal) => 1000 * (1 + 0.05 * normal())) },
  { name: "lognormal, σ = 0.25", kind: "count", make: each((_, normal) => 1000 * Math.exp(0.25 * normal())) },
  {
    name: "autocorrelated, 0.5",
    kind: "count",
    make: (days, chance) => {
      let state = normalFrom(chance);
      return Array.from({ length: days }, () => {
        state = 0.5 * state + Math.sqrt(0.75) * normalFrom(chance);
        return 1000 * (1 + 0.05 * state);
      });
    },
  },
  {
    name: "weekly",
    kind: "count",
    make: each((day, normal) => 1000 * (week[day % 7] ?? 1) * (1 + 0.05 * normal())),
  },
  {
    name: "trend, 1 % a day",
    kind: "count",
    make: each((day, normal) => 1000 * 1.01 ** day * (1 + 0.05 * normal())),
  },
  {
    name: "heavy-tailed, t3",
    kind: "amount",
    make: each((_, normal) => {
      const squares = normal() ** 2 + normal() ** 2 + normal() ** 2;
      return 1000 * (1 + (0.05 * normal()) / Math.sqrt(squares));
    }),
  },
  { name: "rare, Poisson 0.2", kind: "count", make: each((_, __, chance) => poissonFrom(chance, 0.2)) },
  { name: "rare, Poisson 3", kind: "count", make: each((_, __, chance) => poissonFrom(chance, 3)) },
  { name: "counts, Poisson 50", kind: "count", make: each((_, __, chance) => poissonFrom(chance, 50)) },
];

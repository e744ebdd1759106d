import { describe, expect, test } from "vitest";
import { cusum, ewma, nelsonRules, runRules, westernElectricRules } from "./control-charts.ts";
import { binomialTail, gammaPoissonTail, logGamma, tAbove, tTail } from "./distributions.ts";
import {
  binShares,
  deciles,
  jensenShannon,
  kolmogorovSmirnov,
  kolmogorovSmirnovChance,
  stabilityIndex,
  wasserstein,
} from "./drift.ts";
import { discoveries } from "./false-discovery.ts";
import { quantile, robustSpread } from "./robust.ts";

describe("distributions", () => {
  test("Student's t has the quantiles of the tables", () => {
    // Two-sided 95 % and 99.73 %: any table of the t distribution.
    expect(tAbove(0.025, 1)).toBeCloseTo(12.706_204_736, 8);
    expect(tAbove(0.025, 10)).toBeCloseTo(2.228_138_852, 8);
    expect(tAbove(0.025, 120)).toBeCloseTo(1.979_930_405, 8);
    expect(tAbove(0.975, 10)).toBeCloseTo(-2.228_138_852, 8);
    // With one degree of freedom it is Cauchy's: 1/2 - atan(t)/π.
    for (const t of [0.1, 1, 7, 100]) expect(tTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
    // With two, 1/2 - t / (2 √(2 + t²)).
    for (const t of [0.1, 1, 7]) expect(tTail(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 12);
  });

  test("tails of counts are the sums that they stand for", () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 10);
    const choose = (n: number, k: number): number =>
      Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
    const binomial = (k: number, n: number, p: number): number => choose(n, k) * p ** k * (1 - p) ** (n - k);
    for (const k of [1, 3, 9]) {
      let sum = 0;
      for (let j = k; j <= 20; j++) sum += binomial(j, 20, 0.3);
      expect(binomialTail(k, 20, 0.3)).toBeCloseTo(sum, 10);
    }
    // Gamma(3, 1/2) rates: P(K = j) = C(j + 2, 2) (2/3)^3 (1/3)^j.
    let below = 0;
    for (let j = 0; j < 4; j++) below += choose(j + 2, 2) * (2 / 3) ** 3 * (1 / 3) ** j;
    expect(gammaPoissonTail(4, 3, 0.5)).toBeCloseTo(1 - below, 10);
  });
});

/** Montgomery, Introduction to Statistical Quality Control, table 9.1: the last ten are from a mean of 11. */
const montgomery = [
  9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62,
  10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
];

describe("control charts are those of the textbook", () => {
  test("EWMA with λ = 0.1 and L = 2.7", () => {
    const chart = ewma(montgomery, { centre: 10, spread: 1 }, { weight: 0.1, limit: 2.7 });
    expect(chart[0]).toMatchObject({
      value: expect.closeTo(9.945, 6),
      high: expect.closeTo(10.27, 2),
      low: expect.closeTo(9.73, 2),
    });
    expect(chart[1]).toMatchObject({
      value: expect.closeTo(9.7495, 6),
      high: expect.closeTo(10.36, 2),
      low: expect.closeTo(9.64, 2),
    });
    expect(chart.at(-1)).toMatchObject({ high: expect.closeTo(10.62, 2), low: expect.closeTo(9.38, 2) });
    // The limits are steady by then.
    expect(chart.findIndex(({ value, low, high }) => value > high || value < low)).toBe(28);
  });

  test("EWMA with λ = 0.3 and steady limits: the example of NIST's handbook, 6.3.2.4", () => {
    const values = [
      52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6,
      52.1,
    ];
    const averages = [
      50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38,
      49.92, 50.73, 51.23, 51.94, 51.99,
    ];
    const process = { centre: 50, spread: 2.0539 };
    const chart = ewma(values, process, { weight: 0.3, limit: 3, steady: true });
    for (const [index, { value, low, high }] of chart.entries()) {
      expect(value).toBeCloseTo(averages[index] ?? Number.NaN, 2);
      expect(low).toBeCloseTo(47.4115, 3);
      expect(high).toBeCloseTo(52.5884, 3);
    }
  });

  test("CUSUM with K = 0.5 and H = 5", () => {
    const sums = cusum(montgomery, 10, 0.5);
    expect(sums[1]?.below).toBeCloseTo(1.56, 6);
    expect(sums[4]?.above).toBeCloseTo(2.82, 6);
    // The upper sum passes 5 at period 29, with 5.28.
    expect(sums.findIndex(({ above }) => above > 5)).toBe(28);
    expect(sums[28]?.above).toBeCloseTo(5.28, 6);
    expect(sums.some(({ below }) => below > 5)).toBe(false);
  });

  const marks = (values: readonly number[], rules = nelsonRules): readonly string[] =>
    runRules(values, { centre: 0, spread: 1 }, rules).at(-1) ?? [];

  test("each of Nelson's tests finds its own pattern, and not one step before", () => {
    const patterns: readonly (readonly [number, readonly number[]])[] = [
      [0, [3.1]],
      [1, Array.from({ length: 9 }, (_, index) => (index % 2 === 0 ? 0.5 : 0.4))],
      [2, [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5]],
      [3, Array.from({ length: 14 }, (_, index) => (index % 2 === 0 ? 0.9 : -0.9))],
      [4, [2.1, 0, 2.1]],
      [5, [1.1, 1.2, 0, 1.1, 1.2]],
      [6, Array.from({ length: 15 }, (_, index) => [0.5, 0.1, -0.2][index % 3] ?? 0)],
      [7, [1.2, -1.2, 1.1, 1.2, -1.3, -1.1, 1.2, 1.1]],
    ];
    for (const [rule, values] of patterns) {
      const name = nelsonRules[rule]?.name;
      expect(marks(values), name).toContain(name);
      expect(marks(values.slice(0, -1)), name).not.toContain(name);
      expect(marks(values.map((value) => -value)), name).toContain(name);
    }
  });

  test("the rules of Western Electric", () => {
    expect(marks(Array(8).fill(0.1), westernElectricRules)).toEqual(["8 points on one side of the centre"]);
    expect(marks(Array(7).fill(0.1), westernElectricRules)).toEqual([]);
    // A pattern is completed by a point that belongs to it.
    expect(marks([2.1, 2.1, 0], westernElectricRules)).toEqual([]);
  });
});

describe("drift", () => {
  test("the stability index by hand", () => {
    const [q, p] = [
      [0.5, 0.3, 0.2],
      [0.4, 0.4, 0.2],
    ];
    const byHand = -0.1 * Math.log(0.8) + 0.1 * Math.log(4 / 3);
    expect(stabilityIndex(q ?? [], p ?? [])).toBeCloseTo(byHand, 12);
    expect(stabilityIndex([1, 0], [0, 1])).toBeCloseTo(2 * (1 - 1e-4) * Math.log(1e4), 9);
  });

  test("bins hold a tenth of the reference each", () => {
    const reference = Array.from({ length: 1000 }, (_, index) => index);
    const borders = deciles(reference);
    expect(borders).toHaveLength(9);
    expect(binShares(reference, borders)).toEqual(Array(10).fill(0.1));
    expect(deciles([1, 1, 1, 1])).toEqual([1]);
    expect(binShares([1, 2], [1])).toEqual([0.5, 0.5]);
  });

  test("distances equal those of another way to compute them, to nine digits", () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 50; round++) {
      const some = (shift: number): number[] =>
        Array.from({ length: 5 + Math.floor(random() * 60) }, () => Math.round((random() + shift) * 40) / 8);
      const [a, b] = [some(0), some(random())];
      const at = (values: readonly number[], x: number): number =>
        values.filter((value) => value <= x).length / values.length;
      const points = [...new Set([...a, ...b])].toSorted((x, y) => x - y);
      const largest = Math.max(...points.map((x) => Math.abs(at(a, x) - at(b, x))));
      expect(kolmogorovSmirnov(a, b)).toBeCloseTo(largest, 9);
      // The same area, read off quantile functions instead of distribution functions.
      const n = a.length * b.length;
      const [sa, sb] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)];
      let area = 0;
      for (let k = 0; k < n; k++)
        area += Math.abs((sa[Math.floor(k / b.length)] ?? 0) - (sb[Math.floor(k / a.length)] ?? 0)) / n;
      expect(wasserstein(a, b)).toBeCloseTo(area, 9);
    }
    expect(jensenShannon([1, 0], [0, 1])).toBe(1);
    expect(jensenShannon([0.5, 0.5], [0.5, 0.5])).toBe(0);
    // H((p + q) / 2) - (H(p) + H(q)) / 2.
    const entropy = (shares: readonly number[]): number =>
      -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0);
    const [p, q] = [
      [0.1, 0.2, 0.7],
      [0.3, 0.3, 0.4],
    ];
    const middle = [0.2, 0.25, 0.55];
    const divergence = entropy(middle) - (entropy(p ?? []) + entropy(q ?? [])) / 2;
    expect(jensenShannon(p ?? [], q ?? [])).toBeCloseTo(Math.sqrt(divergence), 9);
  });

  test("the chance of a distance is that of the tables", () => {
    // The limiting distribution: 5 % at 1.358, 1 % at 1.628.
    const n = 1e8;
    const size = Math.sqrt(n / 2);
    expect(kolmogorovSmirnovChance(1.358_1 / size, n, n)).toBeCloseTo(0.05, 4);
    expect(kolmogorovSmirnovChance(1.627_6 / size, n, n)).toBeCloseTo(0.01, 4);
    expect(kolmogorovSmirnovChance(0, 10, 10)).toBe(1);
  });
});

test("false discoveries are those of the original paper", () => {
  // Benjamini and Hochberg 1995, section 3.2: fifteen p-values, four are believed at 0.05.
  const chances = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  expect(discoveries(chances, 0.05).filter(Boolean)).toHaveLength(4);
  expect(discoveries(chances.toReversed(), 0.05).slice(-4)).toEqual([true, true, true, true]);
  expect(discoveries([], 0.05)).toEqual([]);
});

test("quantiles and spreads", () => {
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  expect(quantile([7], 0.9)).toBe(7);
  expect(robustSpread([1, 2, 3, 4, 1000])).toBeCloseTo(1.4826, 4);
});

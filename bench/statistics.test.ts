import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drift, estimate, mean, median, randomNumbers } from "./statistics.ts";

const times = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 30 });

describe("median", () => {
  test("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  test("does not care about one wild value", () => {
    expect(median([1, 1, 1, 1, 1000])).toBe(1);
    expect(mean([1, 1, 1, 1, 1000])).toBeGreaterThan(200);
  });

  test("has as many values below it as above, and leaves its input alone", () => {
    fc.assert(
      fc.property(times, (values) => {
        const before = [...values];
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(values).toEqual(before);
      }),
    );
  });

  test("does not exist without values", () => {
    expect(() => median([])).toThrow(/no values/);
  });
});

describe("estimate", () => {
  test("holds the median between its limits, within the range of the values", () => {
    fc.assert(
      fc.property(times, (values) => {
        const { median: middle, low, high } = estimate(values, 200);
        expect(low).toBeLessThanOrEqual(middle);
        expect(high).toBeGreaterThanOrEqual(middle);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }),
      { numRuns: 50 },
    );
  });

  test("is the same for the same rounds, and a point for one round or equal ones", () => {
    const rounds = [1.02, 0.98, 1.3, 1.01, 0.99, 1.05, 1.0];
    expect(estimate(rounds)).toEqual(estimate(rounds));
    expect(estimate([1.2])).toEqual({ median: 1.2, low: 1.2, high: 1.2 });
    expect(estimate([2, 2, 2])).toEqual({ median: 2, low: 2, high: 2 });
  });

  test("grows with the scatter of the rounds and shrinks with their number", () => {
    const width = (values: readonly number[]): number => {
      const { low, high } = estimate(values);
      return high - low;
    };
    const random = randomNumbers(3);
    const scatter = (count: number, by: number): number[] =>
      Array.from({ length: count }, () => 1 + by * (random() - 0.5));
    expect(width(scatter(7, 0.4))).toBeGreaterThan(width(scatter(7, 0.04)));
    expect(width(scatter(101, 0.4))).toBeLessThan(width(scatter(7, 0.4)));
  });

  test.each([
    { rounds: 7, atLeast: 0.83, atMost: 0.92 },
    { rounds: 51, atLeast: 0.91, atMost: 0.98 },
  ])("holds the true median as often as it says, of $rounds rounds", ({ rounds, atLeast, atMost }) => {
    const random = randomNumbers(11);
    const experiments = 500;
    let held = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const values = Array.from({ length: rounds }, () => random());
      const { low, high } = estimate(values, 300, experiment);
      if (low <= 0.5 && high >= 0.5) held += 1;
    }
    expect(held / experiments).toBeGreaterThan(atLeast);
    expect(held / experiments).toBeLessThan(atMost);
  });
});

describe("drift", () => {
  test("is the same whether the machine got slower or faster", () => {
    expect(drift(1, 1.1)).toBeCloseTo(0.1);
    expect(drift(1.1, 1)).toBeCloseTo(0.1);
    expect(drift(0.2, 0.2)).toBe(0);
  });
});

/** The promises of docs/concepts/monitors.md on fewer series: how seldom monitors cry wolf, and what they find. */
import { describe, expect, test } from "vitest";
import { calibrate } from "./calibrate.ts";
import { others, sluice } from "./detectors.ts";
import { healthySeries } from "./series.ts";

const seed = 4711;
const series = 30;

describe.each(healthySeries.map((one) => [one.name, one] as const))("%s", (name, one) => {
  test("monitors cry wolf seldom, and hear what doubles or halves", () => {
    const { falseAlarms, doubled, halved, doubledForGood, halvedForGood } = calibrate(
      sluice,
      one,
      series,
      seed,
    );
    // 5 in 1,000 is promised; of 1,170 values chance alone may make a few more.
    expect(falseAlarms).toBeLessThanOrEqual(8);
    if (/^(normal|auto|weekly|trend)/.test(name)) {
      expect(doubled).toBeGreaterThan(0.95);
      expect(halved).toBeGreaterThan(0.95);
    }
    if (!name.startsWith("rare")) expect(Math.min(doubledForGood, halvedForGood)).toBeGreaterThan(0.6);
  });
});

test("the detectors of others are what their descriptions say", () => {
  const flat = Array.from({ length: 20 }, (_, index) => 100 + (index % 2));
  const [elementary, deequ, shewhart] = others.map(
    ({ alarms }) =>
      (values: readonly number[]) =>
        alarms(values, "count"),
  );
  // A value within its own window can be no further than (n - 1) / √n standard deviations from the mean: 2.85 of 10.
  expect(elementary?.([...flat.slice(0, 9), 1e9])).toBe(false);
  expect(elementary?.([...flat, 1e9])).toBe(true);
  expect(deequ?.([...flat, 1e9])).toBe(true);
  expect(deequ?.([...flat, 101])).toBe(false);
  expect(shewhart?.([...flat, 104])).toBe(true);
  expect(shewhart?.([...flat, 102])).toBe(false);
});

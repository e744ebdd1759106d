import { describe, expect, test } from "vitest";
import { alarmChance, judgeMoving, judgeNext, type SeriesPoint } from "./judge-series.ts";

const day = 86_400_000;
const points = (values: readonly number[], more: Partial<SeriesPoint> = {}): SeriesPoint[] =>
  values.map((value, index) => ({ value, at: index * day, ...more }));
const wave = (count: number, level = 1000) =>
  Array.from({ length: count }, (_, index) => level + 20 * Math.sin(index * 2.4));
const next = (value: number, at: number, of?: number): SeriesPoint => ({
  value,
  at: at * day,
  ...(of === undefined ? {} : { of }),
});

test("nothing is judged by fewer than seven values, and limits lie around what was", () => {
  expect(judgeNext("count", points(wave(6)), next(5, 6))).toBeUndefined();
  const judged = judgeNext("count", points(wave(40)), next(1000, 40));
  expect(judged?.chance).toBeGreaterThan(0.1);
  expect(judged?.low).toBeGreaterThan(900);
  expect(judged?.high).toBeLessThan(1100);
  // The limits are where the alarm is: just beyond them it rings, just within it does not.
  const at = (value: number) => judgeNext("count", points(wave(40)), next(value, 40))?.chance ?? 1;
  expect(at((judged?.high ?? 0) * 1.001)).toBeLessThan(alarmChance);
  expect(at((judged?.high ?? 0) * 0.999)).toBeGreaterThan(alarmChance);
  expect(at((judged?.low ?? 0) * 0.999)).toBeLessThan(alarmChance);
});

test("the judged value has no say in its own limits, and neither has an outlier before it", () => {
  const calm = judgeNext("count", points(wave(40)), next(2000, 40));
  expect(calm?.chance).toBeLessThan(alarmChance);
  const spiked = wave(40).with(30, 5000);
  expect(judgeNext("count", points(spiked), next(2000, 40))?.chance).toBeLessThan(alarmChance);
});

test("of no more than all there are, also of a few, more than all are not expected", () => {
  const few = points([0.6, 1, 0.8, 1, 0.6, 1, 0.8, 1], { of: 5 });
  expect(judgeNext("share", few, next(1, 8, 5))?.high).toBe(1);
});

describe("what people say", () => {
  const jump = [...wave(30), 2000];
  test("an unexplained jump makes the next value at the new level an alarm too", () => {
    expect(judgeNext("count", points(jump), next(2000, 31))?.chance).toBeLessThan(alarmChance);
  });
  test("once the jump is expected, its level is as good as the old one", () => {
    const told = points(jump).map((point, index) =>
      index === 30 ? { ...point, feedback: "expected" as const } : point,
    );
    expect(judgeNext("count", told, next(2000, 31))?.chance).toBeGreaterThan(0.1);
    expect(judgeNext("count", told, next(1000, 31))?.chance).toBeGreaterThan(0.1);
    expect(judgeNext("count", told, next(4000, 31))?.chance).toBeLessThan(alarmChance);
    const stayed = [
      ...told,
      ...points(wave(8, 2000)).map((point, index) => ({ ...point, at: (31 + index) * day })),
    ];
    expect(judgeNext("count", stayed, next(1000, 39))?.chance).toBeLessThan(alarmChance);
  });
  test("what was really wrong is no part of the past", () => {
    const wrong = points(wave(20)).map((point) => ({ ...point, feedback: "real" as const }));
    expect(judgeNext("count", [...wrong, ...points(wave(6))], next(1000, 26))).toBeUndefined();
  });
  test("a level that has stood for a week is a level, whatever nobody said", () => {
    const stood = [...wave(30), ...wave(7, 2000)];
    expect(judgeNext("count", points(stood), next(2000, 37))?.chance).toBeGreaterThan(0.1);
  });
});

test("a column that never had an empty value has one too many by the rule of three", () => {
  const never = points(Array(30).fill(0), { of: 1000 });
  const judged = judgeNext("share", never, next(0, 30, 1000));
  expect(judged?.high).toBeLessThan(0.01);
  expect(judgeNext("share", never, next(0.05, 30, 1000))?.chance).toBeLessThan(1e-6);
  expect(judgeNext("share", never, next(0.001, 30, 1000))?.chance).toBeGreaterThan(alarmChance);
});

test("a steady drift is told, though no value stands out", () => {
  const noise = (index: number) => 10 * Math.sin(index * index);
  const level = Array.from({ length: 40 }, (_, index) => 1000 + noise(index));
  const drifting = Array.from({ length: 7 }, (_, index) => 1016 + noise(index + 40));
  const judged = judgeNext("amount", points([...level, ...drifting]), next(1016, 47));
  expect(judged?.chance).toBeGreaterThan(alarmChance);
  expect(judged?.drift).toMatchObject({ direction: "up" });
  expect(judgeNext("amount", points(level), next(1000, 40))?.drift).toBeUndefined();
});

test("a weekday is judged by its like", () => {
  const week = [100, 110, 105, 100, 95, 40, 30];
  const weeks = points(
    Array.from({ length: 42 }, (_, index) => (week[index % 7] ?? 0) * 50 + ((index * 37) % 11)),
  );
  expect(judgeNext("count", weeks, next(5000, 42))?.form.season).toBe("weekday");
  expect(judgeNext("count", weeks, next(5000, 42))?.chance).toBeGreaterThan(0.01);
  expect(judgeNext("count", weeks, next(1500, 42))?.chance).toBeLessThan(alarmChance);
});

test("what never moved is judged at once as it would be at length", () => {
  for (const kind of ["count", "share", "amount"] as const)
    for (const value of [-3.5, 0, 0.25, 1, 40, 1e9])
      for (const count of [7, 20, 21, 35, 60]) {
        // Few events are judged as such, shares are no more than all.
        if ((kind === "count" && value < 20) || (kind === "share" && (value <= 0 || value > 1))) continue;
        const past = points(Array(count).fill(value), { of: 5000 });
        const still = judgeNext(kind, past, next(value, count, 5000));
        const long = judgeMoving(kind, past, next(value, count, 5000), alarmChance);
        expect(still).toMatchObject({ learntFrom: count, form: long.form, low: long.low, high: long.high });
        expect([still?.chance, still?.drift, still?.patterns]).toEqual([1, long.drift, long.patterns]);
        expect(long.chance).toBeCloseTo(1, 9);
      }
});

test("what no series of a kind can hold is neither judged nor part of what others are judged by", () => {
  const healthy = points(wave(40, 0.5).map((value) => 0.5 + value / 1000));
  for (const value of [-1, 7, Number.NaN, Number.POSITIVE_INFINITY])
    expect(judgeNext("share", healthy, next(value, 40, 100)), String(value)).toBeUndefined();
  expect(judgeNext("count", points(wave(40)), next(-3, 40))).toBeUndefined();
  // A metric that was an amount before somebody called it a count.
  expect(judgeNext("count", points(Array.from({ length: 40 }, (_, at) => -at)), next(3, 40))).toBeUndefined();
  const mixed = [...points([-5, 1e300, Number.NaN]), ...points(wave(40))];
  expect(judgeNext("count", mixed, next(1000, 43))?.learntFrom).toBe(40);
  const huge = judgeNext("amount", points([1e300, -1e300, ...wave(20)]), next(1000, 22));
  expect(huge?.chance).toBeGreaterThan(alarmChance);
});

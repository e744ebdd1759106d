import { expect, test } from "vitest";
import { dueBy } from "./schedule.ts";

const day = 86_400_000;
const start = Date.parse("2026-03-02T06:00:00.000Z");
const after = (...pauses: readonly number[]): number[] =>
  pauses.reduce((times, pause) => [...times, (times.at(-1) ?? 0) + pause], [start]);

test("what comes every day is late a day and some hours after the last", () => {
  const times = after(...Array.from({ length: 12 }, () => day));
  const last = times.at(-1) ?? 0;
  expect(dueBy(times, last + 0.9 * day)).toMatchObject({ isLate: false });
  expect(dueBy(times, last + 2 * day)).toMatchObject({ isLate: true });
});

test("what comes as it likes is due at no time, rather than in a thousand years", () => {
  const bursts = after(1000, 1000, 320 * day, day, 45 * day, 1000, -30 * day);
  expect(dueBy(bursts, start + 5000 * day)).toBeUndefined();
});

test("a clock that was set back makes nothing late before its time", () => {
  const times = after(day, day, day, day, -3 * day, day, day, day, day);
  expect(dueBy(times, (times.at(-1) ?? 0) + 0.9 * day)?.isLate ?? false).toBe(false);
});

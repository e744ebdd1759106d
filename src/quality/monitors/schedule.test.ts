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

const minute = 60_000;
const evening = [2, 1, 3, 1, 2, 5, 1, 1, 2, 1, 4, 2].map((pause) => pause * minute);

test("who tries things out for an evening has no schedule yet", () => {
  const times = after(...evening);
  expect(dueBy(times, (times.at(-1) ?? 0) + day)).toBeUndefined();
});

test("who works in the evenings is not late by day", () => {
  const times = after(...evening, day, ...evening, day, ...evening);
  const last = times.at(-1) ?? 0;
  expect(dueBy(times, last + 0.9 * day)?.isLate ?? false).toBe(false);
});

test("one outage does not hide the next", () => {
  const times = after(...Array.from({ length: 12 }, () => day), 6 * day, day, day, day);
  expect(dueBy(times, (times.at(-1) ?? 0) + 3 * day)).toMatchObject({ isLate: true });
});

import { expect, test } from "vitest";
import { profileSample } from "../quality/monitors/profile-sample.ts";
import { mergeProfiles, type ProfiledColumn } from "./profile.ts";

const columns: readonly ProfiledColumn[] = [{ name: "x", engineType: "DOUBLE", personal: false }];
const seen = (values: readonly number[]) => profileSample([{ name: "x", values }], columns, values.length);
const uniform = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + index / count);

test("parts together look as if they had been looked at as one", () => {
  const [a, b] = [uniform(0, 300), uniform(2, 100)];
  const merged = mergeProfiles([
    { profile: seen(a), rows: 300 },
    { profile: seen(b), rows: 100 },
  ])?.columns[0];
  const whole = seen([...a, ...b]).columns[0];
  expect(merged?.mean).toBeCloseTo(whole?.mean ?? 0, 6);
  expect(merged?.deviation).toBeCloseTo(whole?.deviation ?? 0, 4);
  // Where neither part has a value, between 1 and 2, no quantile is certain.
  for (const at of [0, 4, 8, 12, 14, 16, 18, 20])
    expect(merged?.quantiles?.[at], `quantile ${at}`).toBeCloseTo(whole?.quantiles?.[at] ?? 0, 1);
});

test("a part that stands for more rows than were looked at counts for all of them", () => {
  const merged = mergeProfiles([
    { profile: { ...seen([0, 0, 0, 0]), gone: 2 }, rows: 900 },
    { profile: seen([10, 10]), rows: 100 },
  ]);
  expect(merged).toMatchObject({ rows: 1000, sampled: 6, gone: 2 });
  expect(merged?.columns[0]?.mean).toBeCloseTo(1, 9);
  expect(merged?.columns[0]?.top).toEqual([
    { value: "0", share: 0.9 },
    { value: "10", share: 0.1 },
  ]);
  expect(mergeProfiles([])).toBeUndefined();
});

test("of a personal column no value is kept, only how they are spread", () => {
  const emails = ["a@x", "a@x", "b@x", null];
  const [personal] = profileSample(
    [{ name: "email", values: emails, lengths: emails.map((one) => one?.length ?? null) }],
    [{ name: "email", engineType: "VARCHAR", personal: true }],
    4,
  ).columns;
  expect(personal).toEqual({
    name: "email",
    nulls: 0.25,
    distinct: 0.666667,
    // What comes once only is nobody's habit.
    top: [{ share: 0.666667 }],
  });
});

test("parts with the same few values have no more of them together, and things that differ go on to differ", () => {
  const draw = (all: number, count: number, from: number): number[] =>
    Array.from({ length: count }, (_, index) => ((from + index) * 7919) % all);
  const together = (parts: readonly (readonly number[])[]): number => {
    const profiles = parts.map((values) => ({ profile: seen(values), rows: values.length }));
    const [first, ...rest] = profiles;
    const merged = rest.reduce(
      (known, part) => mergeProfiles([{ profile: known, rows: known.rows }, part]) ?? known,
      first?.profile ?? seen([]),
    );
    return (merged.columns[0]?.distinct ?? 0) * merged.sampled;
  };
  const days = Array.from({ length: 23 }, (_, day) => day * 20);
  expect(together(days.map((from) => draw(3, 20, from)))).toBeCloseTo(3, 1);
  expect(together(days.map((from) => draw(8, 20, from)))).toBeLessThan(9.5);
  expect(together(days.map((from) => draw(100_003, 20, from)))).toBeCloseTo(460, 1);
  // A value that no part had before is counted.
  expect(together([draw(3, 20, 0), [7, 7, 7, 7]])).toBeCloseTo(4, 3);
});

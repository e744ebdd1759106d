/** Intervals of time by their number: hours, days, weeks from Monday, and months since 1970, all in UTC. */
import type { Grain } from "../define/materialization.ts";

/** Numbers of intervals, the end excluded. */
export type Span = readonly [start: number, end: number];

const hour = 3_600_000;
const day = 24 * hour;
/** 1970 began on a Thursday. */
const weekShift = 3 * day;

/** The number of the interval that a time (milliseconds since 1970) lies in. */
export function intervalAt(grain: Grain, time: number): number {
  switch (grain) {
    case "hour":
      return Math.floor(time / hour);
    case "day":
      return Math.floor(time / day);
    case "week":
      return Math.floor((time + weekShift) / (7 * day));
    case "month": {
      const date = new Date(time);
      return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    }
  }
}

/** When an interval begins, in milliseconds since 1970. */
export function intervalStart(grain: Grain, number: number): number {
  switch (grain) {
    case "hour":
      return number * hour;
    case "day":
      return number * day;
    case "week":
      return number * 7 * day - weekShift;
    case "month":
      return Date.UTC(1970, number, 1);
  }
}

/** An interval as people write it: `2026-03-02`, `2026-03-02 10:00`, `2026-03`. A week goes by its Monday. */
export function intervalText(grain: Grain, number: number): string {
  const start = new Date(intervalStart(grain, number));
  // The engine's calendar reaches further than that of JavaScript.
  if (Number.isNaN(start.getTime())) return `${grain} ${number} from 1970 on`;
  const text = start.toISOString();
  const end = text.indexOf("T");
  if (grain === "month") return text.slice(0, end - 3);
  return grain === "hour" ? `${text.slice(0, end)} ${text.slice(end + 1, end + 6)}` : text.slice(0, end);
}

/** Several lists of spans as one: sorted, none touching another. */
export function unite(lists: Iterable<readonly Span[]>): Span[] {
  const whole: [number, number][] = [];
  for (const [start, end] of [...lists].flat().toSorted((a, b) => a[0] - b[0])) {
    const last = whole.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
}

export const overlaps = (spans: readonly Span[], [start, end]: Span): boolean =>
  spans.some(([from, to]) => from < end && start < to);

/** The numbers in some spans, in order. */
export const numbersIn = (spans: readonly Span[]): number[] =>
  spans.flatMap(([start, end]) => Array.from({ length: end - start }, (_, index) => start + index));

/** Sorted numbers as spans. */
export const spansOf = (numbers: readonly number[]): Span[] =>
  unite([numbers.map((number) => [number, number + 1] as const)]);

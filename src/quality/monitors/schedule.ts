import { alarmChance, fewest } from "./judge-series.ts";
import { learn } from "./predict.ts";

/** Whether a dataset is late, by the times at which it moved before. */
export interface Due {
  /** Milliseconds since it moved last. */
  readonly since: number;
  /** By when it should have moved again (milliseconds since 1970), with a chance of 1 - `alarmChance`. */
  readonly by: number;
  readonly isLate: boolean;
}

/** Limits so many times beyond the longest pause that was seen say nothing but that there is no schedule. */
const believable = 10;

/** The least pause that is believed, as a share of a pause: nobody's schedule is exact to the second. */
const least = 0.05;

/** Milliseconds that releases have to span before they are a schedule: until then they may be somebody who is trying things out. */
const shortest = 2 * 86_400_000;

/**
 * When a dataset is due again: pauses between its releases, by their ratios, with the weekday on which they began where
 * that tells more; but for one outage, a pause that was there before makes nothing late. Undefined while there is too little
 * to learn from, and where there is no schedule. `times`: of its releases, oldest first.
 */
export function dueBy(times: readonly number[], now: number): Due | undefined {
  const pauses = times.slice(1).map((time, index) => {
    const before = times[index] ?? time;
    return { value: Math.log(Math.max(1000, time - before)), at: before };
  });
  const [first = 0, last] = [times[0], times.at(-1)];
  if (last === undefined || pauses.length < fewest || last - first < shortest) return undefined;
  const [seen = 0, seenTwice = 0] = pauses.map(({ value }) => Math.exp(value)).toSorted((a, b) => b - a);
  const learnt = Math.exp(learn(pauses, least).expect(1, last).exceeded(alarmChance));
  if (!(learnt <= believable * seen)) return undefined;
  const longest = Math.max(learnt, seenTwice);
  return { since: now - last, by: last + longest, isLate: now - last > longest };
}

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

/**
 * When a dataset is due again: pauses between its releases, by their ratios, with the weekday on which they began where
 * that tells more. Undefined while there is too little to learn from, and where there is no schedule. `times`: of its releases, oldest first.
 */
export function dueBy(times: readonly number[], now: number): Due | undefined {
  const pauses = times.slice(1).map((time, index) => {
    const before = times[index] ?? time;
    return { value: Math.log(Math.max(1000, time - before)), at: before };
  });
  const last = times.at(-1);
  if (last === undefined || pauses.length < fewest) return undefined;
  const longest = Math.exp(learn(pauses, least).expect(1, last).exceeded(alarmChance));
  const seen = pauses.reduce((most, { value }) => Math.max(most, Math.exp(value)), 0);
  if (!(longest <= believable * seen)) return undefined;
  return { since: now - last, by: last + longest, isLate: now - last > longest };
}

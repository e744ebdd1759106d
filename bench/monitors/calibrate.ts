import type { Detector } from "./detectors.ts";
import { chanceFrom, type Series } from "./series.ts";

/** What a detector did on one kind of series. */
export interface Calibration {
  /** Alarms for 1,000 healthy values. */
  readonly falseAlarms: number;
  /** Shares of single values, doubled and halved, that raised an alarm at once. */
  readonly doubled: number;
  readonly halved: number;
  /** Shares of series that were doubled, and halved, for good, in which one of the first five values raised an alarm. */
  readonly doubledForGood: number;
  readonly halvedForGood: number;
}

const days = 60;
/** The values before are what is learnt from. */
const learnt = 21;
/** After how many values one is spoilt, and where a level changes for good. */
const every = 6;
const change = 40;

/** Try a detector on as many series of one kind. The same seed makes the same series for every detector. */
export function calibrate(detector: Detector, series: Series, count: number, seed: number): Calibration {
  const chance = chanceFrom(seed);
  let [healthy, alarms, trials, doubled, halved, doubledForGood, halvedForGood] = [0, 0, 0, 0, 0, 0, 0];
  const hears = (values: readonly number[]): boolean => detector.alarms(values, series.kind);
  for (let run = 0; run < count; run++) {
    const values = series.make(days, chance);
    for (let at = learnt; at < days; at++) {
      const [past, value] = [values.slice(0, at), values[at] ?? 0];
      healthy += 1;
      if (hears([...past, value])) alarms += 1;
      if ((at - learnt) % every !== 0) continue;
      trials += 1;
      if (hears([...past, 2 * value])) doubled += 1;
      if (hears([...past, value / 2])) halved += 1;
    }
    if (staysFound(values, 2, hears)) doubledForGood += 1;
    if (staysFound(values, 0.5, hears)) halvedForGood += 1;
  }
  return {
    falseAlarms: (1000 * alarms) / healthy,
    doubled: doubled / trials,
    halved: halved / trials,
    doubledForGood: doubledForGood / count,
    halvedForGood: halvedForGood / count,
  };
}

function staysFound(
  values: readonly number[],
  factor: number,
  hears: (values: readonly number[]) => boolean,
): boolean {
  const changed = values.map((value, index) => (index < change ? value : value * factor));
  return [1, 2, 3, 4, 5].some((after) => hears(changed.slice(0, change + after)));
}

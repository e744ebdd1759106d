/** What judges the newest value of a series: ours, and what others do by default, written anew from their descriptions. */
import { alarmChance, judgeNext, type SeriesKind } from "../../src/quality/monitors/judge-series.ts";
import { deviation, mean } from "../../src/quality/monitors/robust.ts";

export interface Detector {
  readonly name: string;
  /** Whether it raises an alarm at the last of these values, one a day. */
  readonly alarms: (values: readonly number[], kind: SeriesKind) => boolean;
}

const day = 86_400_000;
const monday = Date.UTC(2026, 0, 5);

const judged = (values: readonly number[], kind: SeriesKind) => {
  const points = values.map((value, index) => ({ value, at: monday + index * day }));
  const next = points.pop();
  return next && judgeNext(kind, points, next);
};

/** The interval alone, and with the chart for slow drift. */
export const interval: Detector = {
  name: "Sluice, interval",
  alarms: (values, kind) => (judged(values, kind)?.chance ?? 1) < alarmChance,
};

export const sluice: Detector = {
  name: "Sluice",
  alarms: (values, kind) => {
    const judgement = judged(values, kind);
    return judgement !== undefined && (judgement.chance < alarmChance || judgement.drift !== undefined);
  },
};

/** z-scores beyond 3 within the last 14 values, the judged one among them; from 7 values on. */
const elementary: Detector = {
  name: "Elementary",
  alarms(values) {
    const window = values.slice(-14);
    const last = window.at(-1) ?? 0;
    return window.length >= 7 && Math.abs(last - mean(window)) > 3 * deviation(window);
  },
};

/** Mean and variance brought up to date with each value before it is judged by them; anomalies are taken out again. */
const deequ: Detector = {
  name: "Deequ OnlineNormal",
  alarms(values) {
    let [middle, squares, isOff] = [0, 0, false];
    for (const [index, value] of values.entries()) {
      const before = { middle, squares };
      middle += (value - middle) / (index + 1);
      squares += (value - before.middle) * (value - middle);
      isOff = Math.abs(value - middle) > 3 * Math.sqrt(squares / (index + 1)) && index >= values.length * 0.1;
      if (isOff) ({ middle, squares } = before);
    }
    return isOff;
  },
};

/** Three sigma by the moving range of the first 20 values, for ever. */
const shewhart: Detector = {
  name: "Shewhart",
  alarms(values) {
    const first = values.slice(0, 20);
    const ranges = first.slice(1).map((value, index) => Math.abs(value - (first[index] ?? value)));
    return Math.abs((values.at(-1) ?? 0) - mean(first)) > (3 * mean(ranges)) / 1.128;
  },
};

export const others: readonly Detector[] = [elementary, deequ, shewhart];

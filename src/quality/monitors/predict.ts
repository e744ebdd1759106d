/** How a series moves, and what is expected of its next values. A value that is judged has no say in it. */
import { median, robustSpread } from "./robust.ts";
import { type Predicted, predictNoise } from "./tails.ts";

/** One value of a series. */
export interface Observed {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How a series moves: around a level, along a line, with the weekday or hour, or from where it last was. */
export interface Form {
  readonly trend: boolean;
  readonly season?: "weekday" | "hour";
  /** How much of a deviation is left one value later, as far as it is used to expect the next value. */
  readonly memory: number;
}

/** A series as it was learnt. */
export interface Learnt {
  readonly form: Form;
  /** What is expected so many values after the last, from 1, at a time. What is remembered of the last fades. */
  expect(step: number, at: number): Predicted;
  /** How uncertain the expectation itself is, so many values on, as a share of the variance of one value. */
  leverage(step: number): number;
  /** How much of a deviation is left one value later, little as it may be. */
  readonly echo: number;
  /** How far the values lay off what they were expected to be, in standard deviations, oldest first. */
  readonly residuals: readonly number[];
}

const day = 86_400_000;
const hour = 3_600_000;
/** How many of the newest values are learnt from. */
const windowSize = 60;
/** Fewest values with which anything but a level is believed. */
export const enough = 21;

/** Learn a series of at least three values. `least`: the least spread that is believed, however steady the values were. */
export function learn(history: readonly Observed[], least: number): Learnt {
  const points = history.slice(-windowSize);
  const values = points.map(({ value }) => value);
  const count = values.length;
  const slope = slopeOf(values, least);
  const flat = slope === 0 ? values : values.map((value, index) => value - slope * index);
  const season = seasonOf(points, flat, least);
  const levels = season === undefined ? undefined : levelsOf(points, flat, season);
  const middle = median(flat);
  const levelAt = (at: number): number => levels?.get(season?.keyOf(at) ?? 0) ?? middle;
  const noise = flat.map((value, index) => value - levelAt(points[index]?.at ?? 0));
  const echo = count < enough ? 0 : echoOf(noise, least);
  const memory = season === undefined && echo > 0.6 ? echo : 0;
  const errors =
    memory === 0 ? noise : noise.slice(1).map((one, index) => one - memory * (noise[index] ?? 0));
  const parameters = (levels?.size ?? 1) + (slope === 0 ? 0 : 1) + (memory === 0 ? 0 : 1);
  const leverage = (step: number): number =>
    parameters / count + (slope === 0 ? 0 : (18 * (count / 2 + step) ** 2) / count ** 3);
  const base = predictNoise(withoutOddities(errors, least), { parameters, least });
  const last = noise.at(-1) ?? 0;
  return {
    form: { trend: slope !== 0, memory, ...(season === undefined ? {} : { season: season.name }) },
    expect: (step, at) =>
      base.moved(
        levelAt(at) + slope * (count - 1 + step) + memory ** step * last,
        Math.sqrt(1 + leverage(step)),
      ),
    leverage,
    echo,
    residuals: errors.map((error) => (error - base.centre) / base.spread),
  };
}

/** Without what no noise does, however heavy its tails: the outliers that were there before. */
function withoutOddities(errors: readonly number[], least: number): readonly number[] {
  const middle = median(errors);
  const limit = 8 * Math.max(least, robustSpread(errors));
  const kept = errors.filter((error) => Math.abs(error - middle) <= limit);
  return kept.length < 0.8 * errors.length ? errors : kept;
}

/** The slope per value of a line, by the median of slopes over half the window; 0 where a level does as well. */
function slopeOf(values: readonly number[], least: number): number {
  const count = values.length;
  if (count < enough) return 0;
  const half = Math.floor(count / 2);
  const slope = median(values.slice(half).map((value, index) => (value - (values[index] ?? value)) / half));
  const spread = Math.max(least, robustSpread(values.map((value, index) => value - slope * index)));
  const certainty = Math.abs(slope) / (spread / Math.sqrt((count * (count ** 2 - 1)) / 12));
  return certainty > 6 && spread < 0.8 * robustSpread(values) ? slope : 0;
}

interface Season {
  readonly name: "weekday" | "hour";
  readonly count: number;
  readonly keyOf: (at: number) => number;
}

const weekday: Season = { name: "weekday", count: 7, keyOf: (at) => Math.floor(at / day) % 7 };
const hourly: Season = { name: "hour", count: 24, keyOf: (at) => Math.floor(at / hour) % 24 };

/** The season of a series, where values of one weekday (or hour) are half as far apart as any, and it was seen three times. */
function seasonOf(points: readonly Observed[], values: readonly number[], least: number): Season | undefined {
  if (points.length < enough) return undefined;
  const gap = median(points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at)));
  const season = gap < 2 * hour ? hourly : gap > day / 2 && gap < 3 * day ? weekday : undefined;
  if (season === undefined) return undefined;
  const last = new Map<number, number>();
  const apart: number[] = [];
  for (const [index, { at }] of points.entries()) {
    const key = season.keyOf(at);
    const value = values[index] ?? 0;
    const before = last.get(key);
    if (before !== undefined) apart.push(value - before);
    last.set(key, value);
  }
  if (last.size < 2 || apart.length < 2 * season.count) return undefined;
  const within = Math.max(least, robustSpread(apart) / Math.SQRT2);
  return within < 0.5 * tameDeviation(values, least) ? season : undefined;
}

/** The ordinary standard deviation, with values beyond five robust ones taken back to there. */
function tameDeviation(values: readonly number[], least: number): number {
  const middle = median(values);
  const limit = 5 * Math.max(least, robustSpread(values));
  const squares = values.reduce((sum, value) => sum + Math.min(limit, Math.abs(value - middle)) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

function levelsOf(
  points: readonly Observed[],
  values: readonly number[],
  { keyOf }: Season,
): ReadonlyMap<number, number> {
  const groups = Map.groupBy(values.keys(), (index) => keyOf(points[index]?.at ?? 0));
  return new Map(
    [...groups].map(([key, members]) => [key, median(members.map((index) => values[index] ?? 0))]),
  );
}

/** The correlation of deviations with those one value before, corrected for the bias of short series (Kendall 1954). */
function echoOf(noise: readonly number[], least: number): number {
  const limit = 3 * Math.max(least, robustSpread(noise));
  let [squares, products, before] = [0, 0, 0];
  for (const one of noise) {
    const tame = Math.max(-limit, Math.min(limit, one));
    squares += tame * tame;
    products += tame * before;
    before = tame;
  }
  const raw = squares === 0 ? 0 : products / squares;
  return Math.max(0, Math.min(0.98, raw + (1 + 3 * raw) / noise.length));
}

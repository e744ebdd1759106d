/**
 * Is the newest value of a series one that its past led to expect? No threshold is written by anybody: limits are those
 * within which the next value lies with a known chance. Values that were judged wrong by people are no part of the past.
 */
import { nelsonRules, runRules } from "./control-charts.ts";
import { gammaPoissonTail, normalBelow, tTail } from "./distributions.ts";
import { enough, type Form, learn, type Observed } from "./predict.ts";
import { median, robustSpread } from "./robust.ts";

/** What a series consists of: whole things counted, shares of a number of things, or anything measured. */
export type SeriesKind = "count" | "share" | "amount";

/** What people said of a value: that it was as it should be, or that it was really wrong. */
export type Feedback = "expected" | "real";

/** One value of a series. */
export interface SeriesPoint {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of a share: the number of things it is a share of. */
  readonly of?: number;
  readonly feedback?: Feedback | undefined;
}

/** What is to be said of a value. */
export interface Judgement {
  /** The chance that a value as healthy as those before it is at least as far off. */
  readonly chance: number;
  /** Between these the value was expected, with a chance of 1 - `alarmChance`. */
  readonly low: number;
  readonly high: number;
  /** How many values it was judged by. */
  readonly learntFrom: number;
  readonly form: Form;
  /** Rules of Nelson and Western Electric whose patterns the value completes. They annotate and never alarm. */
  readonly patterns?: readonly string[];
  /** Set where the newest values together have drifted off the level, though perhaps none stands out. */
  readonly drift?: { readonly direction: "up" | "down"; readonly points: number; readonly chance: number };
}

/** Values that are less likely than this raise an alarm where nothing else is judged beside them. */
export const alarmChance = 0.002;
/** Fewest values before anything is judged at all, and before it is taken seriously. */
export const fewest = 7;
export const learning = enough;
/** Means below which counts are taken as the few events that they are. */
const fewEvents = 20;

/** Judge the next value of a series; undefined while there is too little to judge by. `alarm`: where limits are drawn. */
export function judgeNext(
  kind: SeriesKind,
  history: readonly SeriesPoint[],
  next: SeriesPoint,
  alarm: number = alarmChance,
): Judgement | undefined {
  const past = history.filter(({ feedback, value }) => feedback !== "real" && canBe(kind, value));
  if (past.length < fewest || !canBe(kind, next.value)) return undefined;
  if (kind !== "amount" && isRare(past)) return judgeRare(kind, past, next, alarm);
  const isStill = Number.isFinite(next.value) && past.every(({ value }) => value === next.value);
  return isStill ? judgeStill(kind, past, next, alarm) : judgeMoving(kind, past, next, alarm);
}

/**
 * Whether a series of a kind may have a value: a metric that was taken for another kind may have had others. Nor is judged what
 * cannot be squared, so that every chance is a number.
 */
const canBe = (kind: SeriesKind, value: number): boolean =>
  Math.abs(value) < 1e150 && (kind === "amount" || (value >= 0 && (kind === "count" || value <= 1)));

/** What has always been so and still is: nothing is more likely. Limits, which few ask for, are found as of any other. */
function judgeStill(
  kind: SeriesKind,
  past: readonly SeriesPoint[],
  next: SeriesPoint,
  alarm: number,
): Judgement {
  const whole = (): Judgement => judgeMoving(kind, past, next, alarm);
  return {
    chance: 1,
    get low() {
      return whole().low;
    },
    get high() {
      return whole().high;
    },
    learntFrom: past.length,
    form: { trend: false, memory: 0 },
    get patterns() {
      return whole().patterns ?? [];
    },
  };
}

/** The same for any series of values that are not rare. */
export function judgeMoving(
  kind: SeriesKind,
  past: readonly SeriesPoint[],
  next: SeriesPoint,
  alarm: number,
): Judgement {
  const scale = scaleOf(kind, past, next);
  const points = past.map(({ value, at, feedback }) => ({ value: scale.to(value), at, feedback }));
  const judgements = levels(points).map((level) => judgeLevel(level, scale, next, alarm));
  // What fits one of the levels that may hold is fine.
  return judgements.reduce((a, b) => (b.chance > a.chance ? b : a));
}

/** How values are made comparable: so that their noise does not depend on their size. */
interface Scale {
  readonly to: (value: number) => number;
  readonly from: (place: number) => number;
  /** No spread is believed that is below it. */
  readonly least: number;
}

function scaleOf(kind: SeriesKind, past: readonly SeriesPoint[], next: SeriesPoint): Scale {
  const values = past.map(({ value }) => value);
  if (kind === "count") {
    const size = Math.max(1, median(values));
    return {
      to: Math.log1p,
      from: (place) => Math.max(0, Math.expm1(place)),
      least: Math.max(0.001, 0.5 / size),
    };
  }
  if (kind === "share") {
    return {
      to: (value) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, value)))),
      from: (place) => Math.sin(Math.min(Math.PI / 2, Math.max(0, place))) ** 2,
      least: Math.max(0.002, 0.5 / Math.sqrt(Math.max(1, next.of ?? 1))),
    };
  }
  const step = stepOf(values);
  if (next.value > 0 && values.every((value) => value > 0))
    return { to: Math.log, from: Math.exp, least: Math.max(0.001, (0.5 * step) / median(values)) };
  const size = Math.max(...values.map(Math.abs));
  return {
    to: (value) => value,
    from: (place) => place,
    least: Math.max(Number.MIN_VALUE * 1e16, 0.001 * size, 0.5 * step),
  };
}

/**
 * The smallest step between values that keep to a few: the median of whole numbers jumps from one to the next, and where
 * it lay still for long, a step is no news. 0 where values are as many as there are.
 */
function stepOf(values: readonly number[]): number {
  const seen = new Set<number>();
  for (const value of values) if (2 * seen.add(value).size > values.length) return 0;
  const different = [...seen].toSorted((a, b) => a - b);
  const [only] = different;
  if (different.length === 1) return Number.isInteger(only) ? 1 : 0;
  return Math.min(...different.slice(1).map((value, index) => value - (different[index] ?? value)));
}

type Placed = Observed & { readonly feedback?: Feedback | undefined };

/** Values since which a new level stands if all of them lie on one side of the old one. */
const standing = 7;

/**
 * The pasts by which a value may be judged. Where somebody said that a value off the level was expected, the level may have
 * moved there: then the values before are moved along, so that nothing has to be learnt anew. As long as few values have
 * come since, either may be so.
 */
function levels(points: readonly Placed[]): readonly (readonly Observed[])[] {
  const at = shiftedAt(points);
  if (at === undefined) return [points];
  const before = points.slice(0, at);
  const old = median(before.map(({ value }) => value));
  const since = points.slice(at);
  const fresh = median(since.slice(0, standing).map(({ value }) => value));
  const moved = [...before.map((point) => ({ ...point, value: point.value + fresh - old })), ...since];
  if (since.length < standing) return [points, moved];
  const now = median(since.slice(-standing).map(({ value }) => value));
  return Math.abs(now - fresh) < Math.abs(now - old) ? [moved] : [points];
}

function shiftedAt(points: readonly Placed[]): number | undefined {
  const told = points.findLastIndex(({ feedback }) => feedback === "expected");
  if (told >= 3) return told;
  const from = points.length - standing;
  if (from < enough) return undefined;
  const before = points.slice(0, from).map(({ value }) => value);
  const limit = 4 * robustSpread(before);
  const off = points.slice(from).map(({ value }) => value - median(before));
  const isHigher = off.every((one) => one > limit);
  return isHigher || off.every((one) => one < -limit) ? from : undefined;
}

function judgeLevel(past: readonly Observed[], scale: Scale, next: SeriesPoint, alarm: number): Judgement {
  const learnt = learn(past, scale.least);
  const expected = learnt.expect(1, next.at);
  const place = scale.to(next.value);
  const off = (place - expected.centre) / expected.spread;
  const above = expected.above(place);
  const drift = driftOf([...past, { value: place, at: next.at }], [...learnt.residuals, off], scale.least);
  return {
    chance: Math.min(1, 2 * Math.min(above, 1 - above)),
    // Most judgements say that all is well, and nobody asks where the limits were.
    get low() {
      return scale.from(expected.exceeded(1 - alarm / 2));
    },
    get high() {
      return scale.from(expected.exceeded(alarm / 2));
    },
    learntFrom: past.length,
    form: learnt.form,
    get patterns() {
      return patternsOf([...learnt.residuals, off]);
    },
    ...(drift === undefined ? {} : { drift }),
  };
}

/** The patterns that the last of some standardised values completes. */
function patternsOf(values: readonly number[]): readonly string[] {
  const newest = values.slice(-15);
  return runRules(newest, { centre: 0, spread: 1 }, nelsonRules).at(-1) ?? [];
}

/** The newest values that a drift is looked for in, and how it is: `ewma` says what the two numbers mean. */
const recent = 8;
const weight = 0.2;
const limit = 3;

/**
 * A drift of the newest values off what those before them led to expect: an EWMA chart of how far each is off, in normal
 * standard deviations, without what it shares with the one before; its limits know how uncertain the level is.
 */
function driftOf(
  points: readonly Observed[],
  residuals: readonly number[],
  least: number,
): Judgement["drift"] {
  if (points.length < learning + recent) return undefined;
  const newest = points.slice(-recent);
  // A look at what is known already spares learning once more in nearly every case.
  const rough = residuals.slice(-recent).reduce((sum, one) => sum + one, 0) / recent;
  if (Math.abs(rough) < 0.4) return undefined;
  const learnt = learn(points.slice(0, -recent), least);
  // What walks, or climbs, has no level to drift off.
  if (learnt.form.memory > 0 || learnt.form.trend) return undefined;
  // An echo that is taken for too little makes a drift of nothing.
  const echo = Math.min(0.95, learnt.echo + 0.5 / Math.sqrt(points.length));
  let before = Math.max(-3, Math.min(3, learnt.residuals.at(-1) ?? 0));
  let average = 0;
  for (const [index, { value, at }] of newest.entries()) {
    const off = normalBelow(learnt.expect(index + 1, at).below(value));
    average += weight * ((off - echo * before) / Math.sqrt(1 - echo ** 2) - average);
    before = off;
  }
  const steady = (weight / (2 - weight)) * (1 - (1 - weight) ** (2 * recent));
  const level = (1 - (1 - weight) ** recent) ** 2 * learnt.leverage(recent / 2);
  const reach = Math.abs(average) / Math.sqrt(steady + level);
  if (reach <= limit) return undefined;
  return { direction: average > 0 ? "up" : "down", points: recent, chance: 2 * tTail(reach, 1e6) };
}

/** Whether a series counts so few things that its values are events, each with a chance of its own. */
function isRare(past: readonly SeriesPoint[]): boolean {
  const events = past.map(({ value, of }) => value * (of ?? 1));
  return events.reduce((sum, one) => sum + one, 0) / events.length < fewEvents && median(events) < fewEvents;
}

/**
 * Few events: how many come is Poisson around a rate that is only known as well as the past tells it, or varies more where
 * the past did. Without an event so far, this is the rule of three, exactly.
 */
function judgeRare(
  kind: SeriesKind,
  past: readonly SeriesPoint[],
  next: SeriesPoint,
  alarm: number,
): Judgement {
  const size = ({ of }: SeriesPoint): number => (kind === "share" ? Math.max(1, of ?? 1) : 1);
  const events = past.map((point) => point.value * (kind === "share" ? size(point) : 1));
  const total = events.reduce((sum, one) => sum + one, 0);
  const exposure = past.reduce((sum, point) => sum + size(point), 0);
  const mean = total / past.length;
  const variance = events.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, past.length - 1);
  const shape = Math.min(total + 0.5, variance > mean && mean > 0 ? mean ** 2 / (variance - mean) : Infinity);
  const scale = ((total + 0.5) / shape) * (size(next) / exposure);
  const above = (count: number): number => gammaPoissonTail(count, shape, scale);
  const seen = Math.round(next.value * (kind === "share" ? size(next) : 1));
  const unit = kind === "share" ? size(next) : 1;
  const highest = (): number => {
    let high = Math.ceil(shape * scale);
    while (above(high + 1) > alarm / 2) high = Math.ceil(high * 1.2) + 1;
    return high;
  };
  return {
    chance: Math.min(1, 2 * Math.min(above(seen), 1 - above(seen + 1))),
    get low() {
      const high = highest();
      let low = 0;
      while (low < high && 1 - above(low + 1) < alarm / 2) low += 1;
      return low / unit;
    },
    get high() {
      const high = highest() / unit;
      return kind === "share" ? Math.min(1, high) : high;
    },
    learntFrom: past.length,
    form: { trend: false, memory: 0 },
  };
}

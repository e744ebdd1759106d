/** Control charts for slow shifts and patterns. All take values standardised by their centre and spread, or both given. */

/** Where a process should be: its centre and standard deviation. */
export interface Process {
  readonly centre: number;
  readonly spread: number;
}

export interface ChartPoint {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The exponentially weighted moving average z_i = λ x_i + (1 - λ) z_{i-1}, from z_0 = centre (Roberts 1959), with its
 * limits L σ √(λ / (2 - λ) (1 - (1 - λ)^2i)); `steady` leaves the start-up term out. λ = 0.2 with L = 2.86 finds a
 * shift of one standard deviation in ten points, and errs once in 380.
 */
export function ewma(
  values: readonly number[],
  { centre, spread }: Process,
  { weight = 0.2, limit = 2.86, steady = false } = {},
): readonly ChartPoint[] {
  let average = centre;
  return values.map((value, index) => {
    average = weight * value + (1 - weight) * average;
    const startUp = steady ? 1 : 1 - (1 - weight) ** (2 * (index + 1));
    const reach = limit * spread * Math.sqrt((weight / (2 - weight)) * startUp);
    return { value: average, low: centre - reach, high: centre + reach };
  });
}

/** The two sums of a tabular CUSUM at one point: how far the process has been above and below, beyond the slack. */
export interface Cusum {
  readonly above: number;
  readonly below: number;
}

/**
 * The tabular CUSUM (Page 1954): sums of deviations from the centre beyond `slack`, that never fall below 0. `slack` is in
 * units of the values, usually half of the shift to be found.
 */
export function cusum(values: readonly number[], centre: number, slack: number): readonly Cusum[] {
  let [above, below] = [0, 0];
  return values.map((value) => {
    above = Math.max(0, above + value - (centre + slack));
    below = Math.max(0, below + centre - slack - value);
    return { above, below };
  });
}

export interface RunRule {
  readonly name: string;
  /** Whether the last of these standardised values completes the pattern. */
  readonly holds: (values: readonly number[]) => boolean;
}

/** `count` of the last `of` values lie beyond `limit` on the side of the last one, which is among them. */
function beyond(count: number, of: number, limit: number): RunRule["holds"] {
  return (values) => {
    const side = Math.sign(values.at(-1) ?? 0);
    const far = (value: number): boolean => value * side > limit;
    return side !== 0 && far(values.at(-1) ?? 0) && values.slice(-of).filter(far).length >= count;
  };
}

/** The last `count` values, if there are as many, all fit. */
const all =
  (
    count: number,
    fits: (value: number, index: number, values: readonly number[]) => boolean,
  ): RunRule["holds"] =>
  (values) =>
    values.length >= count && values.slice(-count).every(fits);

const rising = (value: number, index: number, values: readonly number[]): boolean =>
  index === 0 || value > (values[index - 1] ?? Number.NaN);
const falling = (value: number, index: number, values: readonly number[]): boolean =>
  index === 0 || value < (values[index - 1] ?? Number.NaN);
const turning = (value: number, index: number, values: readonly number[]): boolean => {
  const [one, two] = [values[index - 1], values[index - 2]];
  if (one === undefined) return true;
  return two === undefined ? value !== one : (value - one) * (one - two) < 0;
};

/** The rules of the Western Electric handbook (1956). */
export const westernElectricRules: readonly RunRule[] = [
  { name: "a point beyond 3 sigma", holds: beyond(1, 1, 3) },
  { name: "2 of 3 points beyond 2 sigma on one side", holds: beyond(2, 3, 2) },
  { name: "4 of 5 points beyond 1 sigma on one side", holds: beyond(4, 5, 1) },
  { name: "8 points on one side of the centre", holds: beyond(8, 8, 0) },
];

/** The eight tests of Nelson (1984). */
export const nelsonRules: readonly RunRule[] = [
  { name: "a point beyond 3 sigma", holds: beyond(1, 1, 3) },
  { name: "9 points on one side of the centre", holds: beyond(9, 9, 0) },
  {
    name: "6 points that only rise, or only fall",
    holds: (values) => all(6, rising)(values) || all(6, falling)(values),
  },
  { name: "14 points that rise and fall in turn", holds: all(14, turning) },
  { name: "2 of 3 points beyond 2 sigma on one side", holds: beyond(2, 3, 2) },
  { name: "4 of 5 points beyond 1 sigma on one side", holds: beyond(4, 5, 1) },
  { name: "15 points within 1 sigma", holds: all(15, (value) => Math.abs(value) < 1) },
  { name: "8 points beyond 1 sigma on either side", holds: all(8, (value) => Math.abs(value) > 1) },
];

/** For each value, the names of the rules whose pattern it completes. */
export function runRules(
  values: readonly number[],
  { centre, spread }: Process,
  rules: readonly RunRule[],
): readonly (readonly string[])[] {
  const standard = values.map((value) => (value - centre) / spread);
  return standard.map((_, index) =>
    rules
      .filter(({ holds }) => holds(standard.slice(Math.max(0, index - 14), index + 1)))
      .map(({ name }) => name),
  );
}

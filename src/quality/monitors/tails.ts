/** What the next value of a noise may be, when nobody knows how heavy its tails are. */
import { bisect, logGamma, tTail } from "./distributions.ts";
import { median, robustSpread } from "./robust.ts";

/** One of several ways to see the same noise: Student's t around a centre, believed with a weight. */
interface Believed {
  readonly weight: number;
  readonly centre: number;
  readonly spread: number;
  readonly freedom: number;
}

/** Where the next value will lie. */
export interface Predicted {
  /** P(next ≥ value). */
  above(value: number): number;
  /** P(next ≤ value). */
  below(value: number): number;
  /** The value that the next one exceeds with this probability. */
  exceeded(chance: number): number;
  readonly centre: number;
  /** The standard deviation of its bulk. */
  readonly spread: number;
  /** The same noise around another place, and so many times as wide. */
  moved(by: number, wider: number): Predicted;
}

/** Degrees of freedom of the tails that are considered, and how much each is believed before anything is seen. */
const candidates: readonly (readonly [freedom: number, prior: number])[] = [
  [Number.POSITIVE_INFINITY, 0.4],
  [6, 0.3],
  [2.5, 0.3],
];

/** Of a standard one of each: the logarithm of its density at the centre. */
const densityAtCentre: ReadonlyMap<number, number> = new Map(
  candidates.map(([freedom]) => [
    freedom,
    freedom === Number.POSITIVE_INFINITY
      ? -0.5 * Math.log(2 * Math.PI)
      : logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - 0.5 * Math.log(freedom * Math.PI),
  ]),
);

/**
 * Predict the next value of a noise from earlier ones. Normal tails and heavier ones are fitted (Lange, Little and Taylor
 * 1989) and averaged by how well each explains what was seen: an empirical answer to heavy tails that also works where
 * there are too few values to count quantiles. `parameters`: how many were estimated to get at these values; `least`: no
 * spread is below it.
 */
export function predictNoise(
  values: readonly number[],
  { parameters, least }: { readonly parameters: number; readonly least: number },
): Predicted {
  const free = Math.max(2, values.length - parameters);
  const start = { centre: median(values), spread: Math.max(robustSpread(values), least) };
  const fits = candidates.map(([freedom, prior]) => ({
    ...fitted(values, freedom, start, least),
    freedom,
    prior,
  }));
  const best = Math.max(...fits.map(({ likelihood }) => likelihood));
  const weights = fits.map(({ likelihood, prior }) => prior * Math.exp(likelihood - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const inflation = Math.sqrt(values.length / free);
  const believed = fits.map(({ centre, spread, freedom }, index): Believed => ({
    weight: (weights[index] ?? 0) / total,
    centre,
    spread: spread * inflation,
    freedom: 1 / (1 / freedom + 1 / free),
  }));
  return mixture(believed);
}

/** The centre and spread of t-distributed values, and the logarithm of their likelihood. */
function fitted(
  values: readonly number[],
  freedom: number,
  start: { readonly centre: number; readonly spread: number },
  least: number,
): { readonly centre: number; readonly spread: number; readonly likelihood: number } {
  const isNormal = freedom === Number.POSITIVE_INFINITY;
  const n = values.length;
  let { centre, spread } = start;
  for (let round = 0; round < (isNormal ? 1 : 8); round++) {
    let [weights, sum, squares] = [0, 0, 0];
    for (const value of values) {
      const weight = isNormal ? 1 : (freedom + 1) / (freedom + ((value - centre) / spread) ** 2);
      const apart = value - centre;
      weights += weight;
      sum += weight * apart;
      squares += weight * apart * apart;
    }
    const step = sum / weights;
    centre += step;
    spread = Math.max(least, Math.sqrt(Math.max(0, squares - step * sum) / n));
  }
  let likelihood = n * ((densityAtCentre.get(freedom) ?? 0) - Math.log(spread));
  for (const value of values) {
    const square = ((value - centre) / spread) ** 2;
    likelihood -= isNormal ? square / 2 : ((freedom + 1) / 2) * Math.log1p(square / freedom);
  }
  return { centre, spread, likelihood };
}

function mixture(believed: readonly Believed[]): Predicted {
  const tail = (value: number, side: 1 | -1): number =>
    believed.reduce(
      (sum, { weight, centre, spread, freedom }) =>
        sum + weight * tTail((side * (value - centre)) / spread, freedom),
      0,
    );
  const above = (value: number): number => tail(value, 1);
  const centre = believed.reduce((sum, one) => sum + one.weight * one.centre, 0);
  const spread = believed.reduce((sum, one) => sum + one.weight * one.spread, 0);
  return {
    above,
    below: (value) => tail(value, -1),
    exceeded(chance) {
      const side = chance > 0.5 ? -1 : 1;
      let reach = spread;
      const isBeyond = (at: number): boolean => (side === 1 ? above(at) <= chance : above(at) >= chance);
      while (!isBeyond(centre + side * reach) && reach < spread * 1e9) reach *= 2;
      return side === 1
        ? bisect(centre, centre + reach, (at) => !isBeyond(at))
        : -bisect(-centre, reach - centre, (at) => !isBeyond(-at));
    },
    centre,
    spread,
    moved: (by, wider) =>
      mixture(believed.map((one) => ({ ...one, centre: one.centre + by, spread: one.spread * wider }))),
  };
}

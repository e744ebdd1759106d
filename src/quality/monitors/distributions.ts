/** The distributions that limits are made from: their tails and quantiles, to about twelve digits. */

/** The natural logarithm of the gamma function for x > 0 (Lanczos 1964, with Godfrey's coefficients for g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const [first = 0, ...rest] = lanczos;
  const series = rest.reduce((sum, coefficient, index) => sum + coefficient / (z + index + 1), first);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}

const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
];

/** The regularised incomplete beta function I_x(a, b) (DLMF 8.17.22, evaluated by Lentz's method). */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on one side of the mean; the other follows from I_x(a, b) = 1 - I_{1-x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const term = (n: number): number => {
    const m = Math.floor(n / 2);
    if (n % 2 === 0) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  return (front / a) * continuedFraction(term);
}

/** 1 / (1 + d1 / (1 + d2 / (1 + …))) (Lentz 1976). */
function continuedFraction(d: (n: number) => number): number {
  const tiny = 1e-300;
  const apart = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let [f, c, e] = [1, 1, 0];
  for (let n = 1; n < 10_000; n++) {
    const step = d(n);
    e = 1 / apart(1 + step * e);
    c = apart(1 + step / c);
    f *= c * e;
    if (Math.abs(c * e - 1) < 1e-15) break;
  }
  return 1 / f;
}

/** P(T > t) for Student's t with `freedom` degrees of freedom, which may be any number above 0. */
export function tTail(t: number, freedom: number): number {
  const tail = 0.5 * betaShare(freedom / (freedom + t * t), freedom / 2, 0.5);
  return t >= 0 ? tail : 1 - tail;
}

/** The value that Student's t exceeds with probability `tail`, 0 < tail < 1. */
export function tAbove(tail: number, freedom: number): number {
  if (tail > 0.5) return -tAbove(1 - tail, freedom);
  let [low, high] = [0, 1];
  while (tTail(high, freedom) > tail) [low, high] = [high, high * 2];
  return bisect(low, high, (t) => tTail(t, freedom) > tail);
}

/** The value that a standard normal one stays below with probability `share` (Acklam 2003; nine digits). */
export function normalBelow(share: number): number {
  if (share > 0.5) return -normalBelow(1 - share);
  if (share < 0.024_25) {
    const q = Math.sqrt(-2 * Math.log(Math.max(share, 1e-300)));
    return polynomial(acklam.tail[0], q) / (q * polynomial(acklam.tail[1], q) + 1);
  }
  const [q, r] = [share - 0.5, (share - 0.5) ** 2];
  return (q * polynomial(acklam.middle[0], r)) / (r * polynomial(acklam.middle[1], r) + 1);
}

/** The highest power comes first. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

const acklam = {
  middle: [
    [
      -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269,
      -30.664_798_066_147_16, 2.506_628_277_459_239,
    ],
    [
      -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
      -13.280_681_552_885_72,
    ],
  ],
  tail: [
    [
      -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838, -2.549_732_539_343_734,
      4.374_664_141_464_968, 2.938_163_982_698_783,
    ],
    [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416],
  ],
} as const;

/** P(K ≥ k) for a binomial count: `trials` trials that succeed with probability `share`. */
export const binomialTail = (k: number, trials: number, share: number): number =>
  k <= 0 ? 1 : k > trials ? 0 : betaShare(share, k, trials - k + 1);

/**
 * P(K ≥ k) for a count that is Poisson around a rate which is itself Gamma(`shape`, `scale`): a negative binomial, in
 * which `scale` is what one more observation weighs against those the rate was learnt from.
 */
export const gammaPoissonTail = (k: number, shape: number, scale: number): number =>
  k <= 0 ? 1 : betaShare(scale / (1 + scale), k, shape);

/** The point at which a condition that holds at `low` and not at `high` ceases to hold. */
export function bisect(low: number, high: number, holds: (x: number) => boolean): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 200 && to - from > 1e-14 * Math.max(1, Math.abs(from)); step++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

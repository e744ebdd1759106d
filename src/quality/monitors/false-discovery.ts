/**
 * Which of many p-values to believe, so that among those believed at most a share of `rate` is expected to be wrong
 * (Benjamini and Hochberg 1995). The answer is in the order of the question.
 */
export function discoveries(chances: readonly number[], rate: number): readonly boolean[] {
  const sorted = chances.toSorted((a, b) => a - b);
  const last = sorted.findLastIndex((chance, index) => chance <= ((index + 1) / sorted.length) * rate);
  const limit = sorted[last] ?? -1;
  return chances.map((chance) => chance <= limit);
}

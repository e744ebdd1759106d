/**
 * Bytes from which on a file is not put together with others any more: to read it costs more than to open it. Less than what
 * most deliveries come to that are read in one go, so that what was just written is not copied by the next run.
 */
export const sealedBytes = 8 << 20;

/** More small files than this at the end of a dataset are put together. */
const mostSmall = 16;

/**
 * Which files at the end of a dataset should become one, because they are many and small: from the first of them on, up
 * to the size at which they are small no more. Asked of one limit after the other: of tiny files, and of those that were
 * made of them. So however often a dataset grows, it has few files for its size, and no row is copied often. Sizes are
 * bytes, unless there are other limits.
 */
export function smallFiles(
  sizes: readonly number[],
  limits: readonly number[] = [sealedBytes / 32, sealedBytes],
): { readonly from: number; readonly to: number } | undefined {
  for (const [index, limit] of limits.entries()) {
    const from = sizes.findLastIndex((size) => size >= limit) + 1;
    const smaller = limits[index - 1] ?? 0;
    if (sizes.slice(from).filter((size) => size >= smaller).length <= mostSmall) continue;
    let [to, size] = [from, 0];
    while (to < sizes.length && size < limit) {
      size += sizes[to] ?? 0;
      to += 1;
    }
    return { from, to };
  }
  return undefined;
}

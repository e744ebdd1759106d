/** Bytes from which on a file is not put together with others any more: to read it costs more than to open it. */
export const sealedBytes = 32 << 20;

/** More small files than this at the end of a dataset become one. */
const mostSmall = 16;

/**
 * How many files at the end of a dataset should become one, because they are many and small; 0 where none should.
 * Asked of one limit after the other: of tiny files, and of those that were made of them. So however often a dataset
 * grows, it has few files for its size, and no row is copied often. Sizes are bytes, unless there are other limits.
 */
export function smallAtEnd(
  sizes: readonly number[],
  limits: readonly number[] = [sealedBytes / 32, sealedBytes],
): number {
  for (const limit of limits) {
    const count = sizes.length - 1 - sizes.findLastIndex((size) => size >= limit);
    if (count > mostSmall) return count;
  }
  return 0;
}

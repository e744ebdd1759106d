/** Bytes from which on a file is not put together with others any more: to read it costs more than to open it. */
export const sealedBytes = 32 << 20;

/** More small files than this at the end of a dataset become one. */
const mostSmall = 16;

/**
 * How many files at the end of a dataset should become one, because they are many and small; 0 where none should.
 * Done twice, for tiny files and for those that were made of them, so that however often a dataset grows it has few
 * files for its size, and each row was copied twice at most.
 */
export function smallAtEnd(files: readonly { readonly bytes: number }[]): number {
  for (const limit of [sealedBytes / 32, sealedBytes]) {
    const count = files.length - 1 - files.findLastIndex(({ bytes }) => bytes >= limit);
    if (count > mostSmall) return count;
  }
  return 0;
}

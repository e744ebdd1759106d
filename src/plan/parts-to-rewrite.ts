/** How many rows a part has, and how many of them no longer stand. */
export interface PartRows {
  readonly rows: number;
  readonly fallen: number;
}

/** Above this share of rows that no longer stand, a part is copied without them: to read around them costs more. */
const mostFallen = 0.2;

/** More parts than this are put together. */
const mostParts = 8;

/**
 * Which parts of what is kept by key to write anew, those of one list together. Parts come in their order of age, and
 * are put together from the newest on, as long as a part is at most twice as large as all newer ones: so that a row is
 * copied a number of times that grows with the logarithm of how often rows come.
 */
export function partsToRewrite(parts: readonly PartRows[]): readonly (readonly number[])[] {
  const standing = (index: number): number => (parts[index]?.rows ?? 0) - (parts[index]?.fallen ?? 0);
  const living = [...parts.keys()].filter((index) => standing(index) > 0);
  let first = living.length;
  if (living.length > mostParts) {
    let newer = 0;
    for (const index of living.toReversed()) {
      if (living.length - first >= 2 && standing(index) > 2 * newer) break;
      newer += standing(index);
      first -= 1;
    }
  }
  const together = living.slice(first);
  const worn = living.slice(0, first).filter((index) => {
    const { rows, fallen } = parts[index] ?? { rows: 0, fallen: 0 };
    return fallen > mostFallen * rows;
  });
  return [...worn.map((index) => [index]), ...(together.length === 0 ? [] : [together])];
}

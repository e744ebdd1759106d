/** Enough for the engine to be busy, and no more: what is begun grows old until it is done, and is dear to collect then. */
const atOnce = 32;

/** Do the work for each item, begun in their order, for some at a time. What has nothing to wait for returns undefined. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown> | undefined,
): Promise<void> {
  const left = items.values();
  const hands = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) {
      const begun = work(item);
      if (begun !== undefined) await begun;
    }
  });
  await Promise.all(hands);
}

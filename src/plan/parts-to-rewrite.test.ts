import { expect, test } from "vitest";
import { type PartRows, partsToRewrite } from "./parts-to-rewrite.ts";

const standing = ({ rows, fallen }: PartRows): number => rows - fallen;

/** What becomes of parts, with the rows that are copied. */
function rewrite(parts: readonly PartRows[]): { parts: PartRows[]; copied: number } {
  const groups = partsToRewrite(parts);
  const rewritten = new Set(groups.flat());
  const left: (readonly [number, PartRows])[] = [...parts.entries()].filter(
    ([index, part]) => !rewritten.has(index) && standing(part) > 0,
  );
  const made = groups.map((group) => {
    const rows = group.reduce((sum, index) => sum + standing(parts[index] ?? { rows: 0, fallen: 0 }), 0);
    return [group[0] ?? 0, { rows, fallen: 0 }] as const;
  });
  return {
    parts: [...left, ...made].toSorted(([a], [b]) => a - b).map(([, part]) => part),
    copied: made.reduce((sum, [, { rows }]) => sum + rows, 0),
  };
}

test("a part of which a fifth fell is written anew, and one of which nothing stands is not", () => {
  const parts = [
    { rows: 100, fallen: 20 },
    { rows: 100, fallen: 21 },
    { rows: 5, fallen: 5 },
  ];
  expect(partsToRewrite(parts)).toEqual([[1]]);
});

test("however often rows come, there are few parts, and each row is copied seldom", () => {
  const base = 1_000_000;
  for (const coming of [10, 10_000, 100_000]) {
    let parts: PartRows[] = [{ rows: base, fallen: 0 }];
    let copied = 0;
    const times = 1000;
    for (let time = 0; time < times; time++) {
      // Most of what comes takes the place of rows in the largest part, and some of those in others.
      parts = parts.map((part, index) => {
        const fell = Math.min(standing(part), index === 0 ? coming * 0.9 : (coming * 0.1) / parts.length);
        return { ...part, fallen: part.fallen + Math.floor(fell) };
      });
      const after = rewrite([...parts, { rows: coming, fallen: 0 }]);
      parts = after.parts;
      copied += after.copied;
      expect(parts.length).toBeLessThanOrEqual(8);
      for (const { rows, fallen } of parts) expect(fallen).toBeLessThanOrEqual(0.2 * rows);
    }
    expect(copied / (coming * times)).toBeLessThan(12);
  }
});

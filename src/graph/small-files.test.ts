import { expect, test } from "vitest";
import { sealedBytes, smallFiles } from "./small-files.ts";

const times = (count: number, size: number): number[] => Array.from({ length: count }, () => size);

test("a few small files stay as they are", () => {
  expect(smallFiles([])).toBeUndefined();
  expect(smallFiles(times(16, 10))).toBeUndefined();
  expect(smallFiles([...times(40, sealedBytes), ...times(16, 10)])).toBeUndefined();
});

test("many small files at the end become one, and no larger one than needed", () => {
  expect(smallFiles([sealedBytes, ...times(17, 10)])).toEqual({ from: 1, to: 18 });
  expect(smallFiles(times(128, sealedBytes / 4))).toEqual({ from: 0, to: 4 });
  expect(smallFiles(times(17, 9), [20])).toEqual({ from: 0, to: 3 });
});

test("however often a dataset grows, it has few files, and a row is copied few times", () => {
  let files: number[] = [];
  let copied = 0;
  for (let delivery = 0; delivery < 5000; delivery += 1) {
    const range = smallFiles(files);
    if (range !== undefined) {
      const size = files.slice(range.from, range.to).reduce((sum, one) => sum + one, 0);
      copied += size;
      files = [...files.slice(0, range.from), size, ...files.slice(range.to)];
    }
    files.push(100_000);
  }
  expect(files.length).toBeLessThan(500_000_000 / sealedBytes + 40);
  expect(copied / 500_000_000).toBeLessThan(4);
});

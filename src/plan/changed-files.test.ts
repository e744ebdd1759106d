import { expect, test } from "vitest";
import type { StoredFile } from "../graph/stored-file.ts";
import { changedFiles, isSmall } from "./changed-files.ts";

const file = (sha256: string, more: Partial<StoredFile> = {}): StoredFile => ({
  key: `raw.changes/${sha256}`,
  sha256,
  bytes: 1,
  rows: 10,
  columns: [],
  ...more,
});
const names = (files: readonly StoredFile[]): string[] => files.map(({ sha256 }) => sha256);

const changes = (before: readonly StoredFile[], now: readonly StoredFile[]): [string[], string[]] => {
  const { added, removed } = changedFiles(before, now);
  return [names(added), names(removed)];
};

test("files are the same wherever they lie, each as often as it is there", () => {
  const [a, b, c] = [file("a"), file("b"), file("c")];
  expect(changes([a, b], [b, { ...a, key: "elsewhere" }, c])).toEqual([["c"], []]);
  expect(changes([a, a], [a])).toEqual([[], ["a"]]);
  expect(changes([a], [a, a])).toEqual([["a"], []]);
});

test("a file of which rows fell is another, and nobody reads tombstones", () => {
  const worn = file("a", { fallen: file("x") });
  expect(changes([file("a")], [worn])).toEqual([["a"], ["a"]]);
  expect(changes([worn], [worn])).toEqual([[], []]);
  expect(changes([file("t", { tombstones: true })], [])).toEqual([[], []]);
});

test("files that were only put together are no change", () => {
  const together = file("ab", { merged: ["a", "b"] });
  expect(changes([file("a"), file("b")], [together, file("c")])).toEqual([["c"], []]);
  expect(changes([file("a")], [together])).toEqual([["ab"], ["a"]]);
});

test("what is most of an input is not worth looking at alone", () => {
  const input = [file("a", { rows: 100 })];
  expect(isSmall({ added: [file("b", { rows: 30 })], removed: [file("c", { rows: 20 })] }, input)).toBe(true);
  expect(isSmall({ added: [file("b", { rows: 30 })], removed: [file("c", { rows: 21 })] }, input)).toBe(
    false,
  );
});

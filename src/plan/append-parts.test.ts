import { describe, expect, test } from "vitest";
import type { StoredFile } from "../graph/stored-file.ts";
import { appendParts } from "./append-parts.ts";

/** A file whose content is a letter, or of several what they were put together to. */
function file(content: string, more: Partial<StoredFile> = {}): StoredFile {
  const merged = content.length > 1 ? { merged: content.split("").map(sha) } : {};
  return { key: content, sha256: sha(content), rows: 10, bytes: 1000, columns: [], ...merged, ...more };
}

const sha = (content: string): string => content.padEnd(64, ".");
const id = (content: string): string => sha(content).slice(0, 32);

const part = (...from: string[]): StoredFile =>
  file(`part of ${from.join()}`, { made: { context: "now", from: from.map(id) }, merged: [] });

/** What becomes of parts, each as the contents of the files that it is made from then. */
function judge(input: readonly StoredFile[], known: readonly StoredFile[]) {
  const contents = new Map(input.map(({ sha256, key }) => [sha256.slice(0, 32), key]));
  const names = (from: readonly string[] = []): string =>
    from.map((one) => contents.get(one.slice(0, 32)) ?? one).join();
  const { taken, merges, builds } = appendParts(input, known, "now");
  return {
    taken: taken.map(({ made }) => names(made.from)),
    merges: merges.map(
      ({ parts, made }) => `${parts.map(({ key }) => key).join(" and ")} to ${names(made.from)}`,
    ),
    builds: builds.map(({ files }) => files.map(({ key }) => key).join()),
  };
}

describe("appendParts", () => {
  test("takes the parts whose files are there, and builds the rest", () => {
    const known = [part("a", "b"), part("c"), part("d", "gone")];
    expect(
      judge(
        ["a", "b", "c", "d", "e"].map((one) => file(one)),
        known,
      ),
    ).toEqual({
      taken: ["a,b", "c"],
      merges: [],
      builds: ["d,e"],
    });
  });

  test("puts parts together as their files were", () => {
    expect(judge([file("abc"), file("d")], [part("c"), part("a", "b"), part("d")])).toEqual({
      taken: ["d"],
      merges: ["part of a,b and part of c to abc"],
      builds: [],
    });
  });

  test("takes a part as it is when some of its files, or all, were put together", () => {
    const known = [part("a", "b", "c"), part("d", "e"), part("f", "g", "h")];
    expect(judge([file("ab"), file("c"), file("de"), file("fg"), file("h")], known)).toEqual({
      taken: ["ab,c", "de", "fg,h"],
      merges: [],
      builds: [],
    });
  });

  test("builds what was put together of files that are not known, or of some of a part that is in two now", () => {
    expect(judge([file("ab"), file("cd")], [part("a", "b", "c"), part("x")])).toEqual({
      taken: [],
      merges: [],
      builds: ["ab,cd"],
    });
  });

  test("takes nothing of a file for what it was made of once rows of it are left out", () => {
    const known = [part("a", "b"), part("c"), part("d")];
    const worn = file("abc", { without: { "landing/a.csv": 3 } });
    expect(judge([worn, file("d")], known)).toEqual({ taken: ["d"], merges: [], builds: ["abc"] });
  });

  test("knows files of equal content apart by their number alone", () => {
    expect(judge([file("ab"), file("a")], [part("a", "b"), part("a")])).toEqual({
      taken: ["a"],
      merges: [],
      builds: ["ab"],
    });
    expect(judge([file("ab"), file("ac")], [part("a", "b"), part("a", "c")])).toEqual({
      taken: ["ab"],
      merges: [],
      builds: ["ac"],
    });
  });
});

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DatasetShape } from "../compile/render-types.ts";
import { typesName, writeTypes } from "./write-types.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-types-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (): string => join(root, typesName);
const shapes: readonly DatasetShape[] = [{ id: "raw.a", columns: [{ name: "id", engineType: "BIGINT" }] }];
const renderedFor = (key: string): boolean => {
  let isAsked = false;
  const isFine = writeTypes(root, () => ((isAsked = true), shapes), key);
  expect(isFine).toBe(true);
  return isAsked;
};

test("writes once, and does not even render what was written for the same key", () => {
  expect(renderedFor("one")).toBe(true);
  expect(readFileSync(path(), "utf8")).toContain("id: number | null;");
  expect(renderedFor("one")).toBe(false);
  expect(readdirSync(root).toSorted()).toEqual([".sluice", typesName]);
});

test("leaves the file alone where another key makes the same text", () => {
  renderedFor("one");
  utimesSync(path(), new Date("2001-02-03"), new Date("2001-02-03"));
  expect(renderedFor("two")).toBe(true);
  expect(statSync(path()).mtime).toEqual(new Date("2001-02-03"));
  expect(renderedFor("two")).toBe(false);
});

test.each<[string, () => void]>([
  ["edited", () => writeFileSync(path(), "export {};\n")],
  ["removed", () => rmSync(path())],
])("writes anew what was %s", (_, spoil) => {
  renderedFor("one");
  const text = readFileSync(path(), "utf8");
  spoil();
  renderedFor("one");
  expect(readFileSync(path(), "utf8")).toBe(text);
});

test("says so, and leaves nothing behind, where it cannot write", () => {
  mkdirSync(path());
  expect(writeTypes(root, () => shapes, "one")).toBe(false);
  expect(readdirSync(root)).toEqual([typesName]);
});

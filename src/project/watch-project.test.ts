import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProjectWatch } from "./watch-project.ts";

let root: string;
let watch: ProjectWatch;
const never = new AbortController().signal;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-watch-"));
  mkdirSync(join(root, "models"));
  writeFileSync(join(root, "models/a.sql"), "select 1");
  watch = new ProjectWatch(root);
});

afterEach(() => {
  watch[Symbol.dispose]();
  rmSync(root, { recursive: true, force: true });
});

/** Milliseconds until the watch tells of a change; without one it looks by itself after three seconds. */
async function noticed(): Promise<number> {
  const started = performance.now();
  await watch.next(never);
  return performance.now() - started;
}

test("tells of a change soon, and of many at once a single time", async () => {
  expect(watch.follow(["", "models"])).toBe(true);
  expect(watch.follow(["", "models"])).toBe(false);
  setTimeout(() => {
    for (let write = 0; write < 50; write++) appendFileSync(join(root, "models/a.sql"), " ");
  }, 50);
  expect(await noticed()).toBeLessThan(2000);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 200);
  const started = performance.now();
  await watch.next(stop.signal);
  expect(performance.now() - started).toBeGreaterThan(150);
});

test("tells of what happened while nobody waited", async () => {
  watch.follow(["models"]);
  writeFileSync(join(root, "models/b.sql"), "select 2");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await noticed()).toBeLessThan(2000);
});

test("sees that a directory was replaced by another of its name", async () => {
  watch.follow(["models"]);
  renameSync(join(root, "models"), join(root, "old"));
  mkdirSync(join(root, "models"));
  await noticed();
  expect(watch.follow(["models"])).toBe(true);
  setTimeout(() => writeFileSync(join(root, "models/c.sql"), "select 3"), 50);
  expect(await noticed()).toBeLessThan(2000);
});

test("waits for a directory that is not there, and follows it when it is", () => {
  expect(watch.follow(["", "sources"])).toBe(true);
  mkdirSync(join(root, "sources"));
  expect(watch.follow(["", "sources"])).toBe(true);
});

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { KeptFile } from "../graph/stored-file.ts";
import { fileCache } from "./file-cache.ts";

/** A cache that takes so many bytes, and files of a size to put into it. */
async function cacheOf(limit?: number) {
  const directory = await mkdtemp(join(tmpdir(), "sluice-cache-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const place = join(directory, "cache", "files");
  const cache = fileCache(place, limit);
  let made = 0;
  const path = (): string => join(directory, String((made += 1)));
  return {
    cache,
    place,
    path,
    add: async (content: string): Promise<KeptFile> => {
      const from = path();
      await writeFile(from, content);
      const sha256 = createHash("sha256").update(content).digest("hex");
      const file = { key: content.slice(0, 8), bytes: content.length, sha256 };
      await cache.add(file, from);
      return file;
    },
  };
}

test("what was added is taken under further names, each of which stays", async () => {
  const { cache, add, path, place } = await cacheOf();
  const file = await add("rows");
  const [one, two] = [path(), path()];
  expect(await cache.take(file, one)).toBe(true);
  expect(await cache.take(file, two)).toBe(true);
  await rm(place, { recursive: true });
  expect(await readFile(one, "utf8")).toBe("rows");
  expect(await readFile(two, "utf8")).toBe("rows");
  expect(await cache.take(file, path())).toBe(false);
  await add("rows");
  expect(await cache.take(file, path())).toBe(true);
});

test("a copy takes no further space on the disk", async () => {
  const { cache, add, path } = await cacheOf();
  const file = await add("rows");
  const taken = path();
  await cache.take(file, taken);
  expect((await stat(taken)).nlink).toBe(3);
});

test("what is not there is not taken, and leaves no name", async () => {
  const { cache, path } = await cacheOf();
  const sha256 = "0".repeat(64);
  const taken = path();
  expect(await cache.take({ key: "a", bytes: 1, sha256 }, taken)).toBe(false);
  await expect(stat(taken)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a copy of another length is no copy, and is removed", async () => {
  const { cache, add, path, place } = await cacheOf();
  const file = await add("rows");
  await writeFile(join(place, file.sha256), "ro");
  const taken = path();
  expect(await cache.take(file, taken)).toBe(false);
  expect(await readdir(place)).toEqual([]);
  await expect(stat(taken)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a copy that was written into is no copy, whatever its length, and is removed", async () => {
  const { cache, add, path, place } = await cacheOf();
  const file = await add("rows");
  await writeFile(join(place, file.sha256), "rowx");
  const taken = path();
  expect(await cache.take(file, taken)).toBe(false);
  expect(await readdir(place)).toEqual([]);
  await expect(stat(taken)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a copy that only looks as if it was written into is one still", async () => {
  const { cache, add, path, place } = await cacheOf();
  const file = await add("rows");
  await writeFile(join(place, file.sha256), "rows");
  expect(await cache.take(file, path())).toBe(true);
});

test("a name that is no checksum leads nowhere", async () => {
  const { cache, path } = await cacheOf();
  await expect(cache.take({ key: "a", bytes: 1, sha256: "../../etc/passwd" }, path())).rejects.toThrow(
    "SHA-256",
  );
});

test("what was not asked for longest goes first, and what is read stays readable", async () => {
  const { cache, add, path, place } = await cacheOf(10_000);
  const files: KeptFile[] = [];
  for (let index = 0; index < 9; index += 1) {
    files.push(await add(`${index}`.padEnd(1000, "x")));
    // An hour between them.
    await utimes(join(place, files[index]!.sha256), Date.now() / 1000 - (20 - index) * 3600, 0);
  }
  const [first, second] = [files[0]!, files[1]!];
  const reading = path();
  expect(await cache.take(first, path())).toBe(true);
  expect(await cache.take(second, reading)).toBe(true);
  await utimes(join(place, second.sha256), Date.now() / 1000 - 30 * 3600, 0);
  await add("a".padEnd(1000, "x"));
  await add("b".padEnd(1000, "x"));
  const left = new Set(await readdir(place));
  expect(left.has(first.sha256)).toBe(true);
  expect(left.has(second.sha256)).toBe(false);
  expect(left.size).toBeLessThanOrEqual(10);
  expect((await readFile(reading, "utf8")).startsWith("1xxx")).toBe(true);
});

test("the limit holds for hundreds of files, whoever adds them", async () => {
  const one = await cacheOf(100_000);
  const two = fileCache(one.place, 100_000);
  await mkdir(one.place, { recursive: true });
  for (let index = 0; index < 300; index += 1) {
    const content = `${index}`.padEnd(1000, "x");
    const sha256 = createHash("sha256").update(content).digest("hex");
    const path = one.path();
    await writeFile(path, content);
    await (index % 2 === 0 ? one.cache : two).add({ bytes: 1000, sha256 }, path);
    if (index % 50 === 0) expect((await readdir(one.place)).length).toBeLessThanOrEqual(105);
  }
  const left = (await readdir(one.place)).length;
  expect(left).toBeGreaterThan(80);
  expect(left).toBeLessThanOrEqual(105);
});

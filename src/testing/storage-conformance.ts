import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeptFile } from "../graph/stored-file.ts";
import { refusal } from "./refusal.ts";
import { storageFaultCases } from "./storage-fault-cases.ts";
import { hashOf, holds, kept, keysOf, staged } from "./storage-fixtures.ts";
import { storageCase } from "./storage-subject.ts";
import type { StorageCase } from "./storage-subject.ts";

/** What every storage has to do, wherever the bytes lie. */
export const storageConformance: readonly StorageCase[] = [
  storageCase(
    "a kept file is readable under its key, with its length and hash, and no longer staged",
    async ({ storage }) => {
      const content = randomBytes(100_000);
      const path = await staged(storage, "me/1", content);
      assert.deepEqual(await storage.keep(path, "raw.orders/v1/part-0.parquet"), {
        bytes: content.length,
        sha256: hashOf(content),
      });
      await holds(storage, "raw.orders/v1/part-0.parquet", content);
      assert.equal(await storage.checksum("raw.orders/v1/part-0.parquet"), hashOf(content));
      await assert.rejects(stat(path), { code: "ENOENT" });
    },
  ),
  storageCase(
    "files of any size are kept whole: none, one byte, more than is read at once",
    async ({ storage }) => {
      for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000]) {
        const content = randomBytes(size);
        const kept = await storage.keep(await staged(storage, `me/${size}`, content), `sizes/${size}`);
        assert.deepEqual(kept, { bytes: size, sha256: hashOf(content) });
        await holds(storage, `sizes/${size}`, content);
      }
    },
  ),
  storageCase("the same content may be kept twice under one key", async ({ storage }) => {
    const first = await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    const path = await staged(storage, "me/2", "rows");
    assert.deepEqual(await storage.keep(path, "a/part"), first);
    await assert.rejects(stat(path), { code: "ENOENT" });
    await holds(storage, "a/part", "rows");
  }),
  storageCase("a key never changes its content", async ({ storage }) => {
    await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    const error = await refusal(
      "storage-damaged",
      storage.keep(await staged(storage, "me/2", "ROWS"), "a/part"),
    );
    assert.ok(error.message.includes("a/part"));
    await holds(storage, "a/part", "rows");
  }),
  storageCase("no key leads out of the storage", async ({ storage, strays }) => {
    const file = await kept(storage, "me/1", "rows", "a/part");
    for (const key of hostileKeys) {
      const path = await staged(storage, `me/hostile-${hostileKeys.indexOf(key)}`, "evil");
      await assert.rejects(storage.keep(path, key), rejected, `keep ${JSON.stringify(key)}`);
      await assert.rejects(storage.local({ ...file, key }), rejected, `local ${JSON.stringify(key)}`);
      await assert.rejects(storage.checksum(key), rejected, `checksum ${JSON.stringify(key)}`);
      await assert.rejects(storage.remove([key]), rejected, `remove ${JSON.stringify(key)}`);
      await assert.rejects(storage.stage(key), rejected, `stage ${JSON.stringify(key)}`);
      if (key !== "") await assert.rejects(keysOf(storage, key), rejected, `list ${JSON.stringify(key)}`);
    }
    assert.deepEqual(await strays(), []);
    assert.deepEqual(await keysOf(storage, ""), ["a/part"]);
  }),
  storageCase("odd names are names", async ({ storage }) => {
    const keys = [
      "..a/b..",
      'a b/o\'neil "x".parquet',
      "schéma.テーブル/🚰",
      "-rf/*",
      "%2e%2e/x",
      ".hidden",
      "~/x",
      "a:b/c",
    ];
    for (const key of keys) await storage.keep(await staged(storage, `me/${keys.indexOf(key)}`, key), key);
    assert.deepEqual((await keysOf(storage, "")).toSorted(), keys.toSorted());
    for (const key of keys) await holds(storage, key, key);
  }),
  storageCase("what is not there has no checksum, and neither has a prefix", async ({ storage }) => {
    await storage.keep(await staged(storage, "me/1", "rows"), "a/b/part");
    for (const key of ["nothing", "a", "a/b", "a/b/part/deeper"])
      assert.equal(await storage.checksum(key), undefined, key);
  }),
  storageCase(
    "keys are listed below a prefix of whole names, without what is only staged",
    async ({ storage }) => {
      const keys = [
        "raw.orders/v1/part-0",
        "raw.orders/v1/part-1",
        "raw.orders/v2/part-0",
        "raw.orders2/v1/part-0",
      ];
      for (const key of keys) await storage.keep(await staged(storage, `me/${keys.indexOf(key)}`, key), key);
      await staged(storage, "me/unfinished", "rows");
      assert.deepEqual((await keysOf(storage, "")).toSorted(), keys);
      assert.deepEqual((await keysOf(storage, "raw.orders")).toSorted(), keys.slice(0, 3));
      for await (const { key, bytes } of storage.list("")) assert.equal(bytes, key.length, key);
      assert.deepEqual((await keysOf(storage, "raw.orders/v1")).toSorted(), keys.slice(0, 2));
      assert.deepEqual(await keysOf(storage, "raw"), []);
      assert.deepEqual(await keysOf(storage, "raw.orders/v1/part-0/x"), []);
    },
  ),
  storageCase("an unused storage lists nothing, removes nothing and sweeps nothing", async ({ storage }) => {
    assert.deepEqual(await keysOf(storage, ""), []);
    assert.equal(await storage.checksum("a/part"), undefined);
    await storage.remove([]);
    await storage.remove(["a/part"]);
    await storage.sweep(() => false);
  }),
  storageCase("removing takes the files that are named, and may be done twice", async ({ storage }) => {
    const keys = ["a/v1/part-0", "a/v1/part-1", "a/v2/part-0", "b/v1/part-0"];
    for (const key of keys) await kept(storage, `me/${key.replaceAll("/", "-")}`, key, key);
    await storage.remove(["a/v1/part-0", "b/v1/part-0"]);
    assert.deepEqual((await keysOf(storage, "")).toSorted(), ["a/v1/part-1", "a/v2/part-0"]);
    await storage.remove(["a/v1/part-0", "a/v1/part-1"]);
    await storage.remove(["a/v1/part-1"]);
    assert.deepEqual(await keysOf(storage, ""), ["a/v2/part-0"]);
    await kept(storage, "me/again", "rows", "a/v1/part-1");
    await holds(storage, "a/v1/part-1", "rows");
  }),
  storageCase("several files are asked for at once, and stay until they are let go", async ({ storage }) => {
    const contents = Array.from({ length: 20 }, (_, index) => `rows ${index}`);
    const files: KeptFile[] = [];
    for (const content of contents)
      files.push(await kept(storage, `me/${content}`, content, `many/${content}`));
    const paths = await Promise.all([...files, ...files].map((file) => storage.local(file)));
    assert.deepEqual(await Promise.all(paths.map((path) => readFile(path, "utf8"))), [
      ...contents,
      ...contents,
    ]);
    await storage.letGo();
    await storage.letGo();
    for (const content of contents) await holds(storage, `many/${content}`, content);
  }),
  storageCase("every attempt stages in a fresh directory of its own", async ({ storage }) => {
    const first = await storage.stage("me/1");
    const second = await storage.stage("me/2");
    assert.notEqual(first, second);
    assert.deepEqual(await readdir(first), []);
    await assert.rejects(storage.stage("me/1"));
  }),
  storageCase("only what was staged can be kept", async ({ storage, beside }) => {
    const file = await kept(storage, "me/1", "rows", "a/part");
    const directory = await storage.stage("me/2");
    const others = join(beside, "others");
    await writeFile(others, "not ours");
    await symlink(others, join(directory, "link"));
    for (const path of [
      others,
      await storage.local(file),
      join(directory, "link"),
      join(directory, "missing"),
      directory,
    ]) {
      await assert.rejects(storage.keep(path, "b/part"), rejected, path);
    }
    assert.equal(await storage.checksum("b/part"), undefined);
    assert.equal(await readFile(others, "utf8"), "not ours");
    await holds(storage, "a/part", "rows");
  }),
  storageCase("sweeping removes what the dead have staged, and nothing else", async ({ storage }) => {
    await storage.keep(await staged(storage, "dead-1/a", "rows"), "a/part");
    const dead = await staged(storage, "dead-1/b", "half");
    const living = await staged(storage, "alive-2/a", "half");
    const asked: string[] = [];
    await storage.sweep((owner) => {
      asked.push(owner);
      return owner === "alive-2";
    });
    assert.deepEqual(asked.toSorted(), ["alive-2", "dead-1"]);
    await assert.rejects(stat(dead), { code: "ENOENT" });
    assert.equal(await readFile(living, "utf8"), "half");
    await holds(storage, "a/part", "rows");
    await storage.stage("dead-1/b");
  }),
  storageCase("sweeping never follows a symbolic link", async ({ storage, beside }) => {
    const directory = await storage.stage("dead-1/a");
    const others = join(beside, "others");
    await mkdir(others);
    await writeFile(join(others, "precious"), "not ours");
    await symlink(others, join(directory, "link"));
    await symlink(others, join(dirname(dirname(directory)), "dead-2"));
    await storage.sweep(() => false);
    assert.deepEqual(await readdir(dirname(dirname(directory))), []);
    assert.equal(await readFile(join(others, "precious"), "utf8"), "not ours");
  }),
  ...storageFaultCases,
];

/** Any error will do: which one is up to the storage. */
const rejected = Error;

const hostileKeys = [
  "",
  "/",
  "/etc/passwd",
  "..",
  "../outside",
  "a/../../outside",
  "a/..",
  ".",
  "./a",
  "a/./b",
  "a//b",
  "a/",
  "a\0b",
  "a\\b",
  "..\\outside",
  "C:\\outside",
];

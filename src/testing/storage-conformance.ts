import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { refusal } from "./refusal.ts";
import { storageFaultCases } from "./storage-fault-cases.ts";
import { contentOf, hashOf, keysOf, staged } from "./storage-fixtures.ts";
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
      assert.ok((await readFile(storage.localPath("raw.orders/v1/part-0.parquet"))).equals(content));
      assert.deepEqual(await storage.stat("raw.orders/v1/part-0.parquet"), { bytes: content.length });
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
        assert.ok((await readFile(storage.localPath(`sizes/${size}`))).equals(content));
      }
    },
  ),
  storageCase("the same content may be kept twice under one key", async ({ storage }) => {
    const first = await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    const path = await staged(storage, "me/2", "rows");
    assert.deepEqual(await storage.keep(path, "a/part"), first);
    await assert.rejects(stat(path), { code: "ENOENT" });
    assert.equal(await contentOf(storage, "a/part"), "rows");
  }),
  storageCase("a key never changes its content", async ({ storage }) => {
    await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    const error = await refusal(
      "storage-damaged",
      storage.keep(await staged(storage, "me/2", "ROWS"), "a/part"),
    );
    assert.ok(error.message.includes("a/part"));
    assert.equal(await contentOf(storage, "a/part"), "rows");
  }),
  storageCase("no key leads out of the storage", async ({ storage }) => {
    const kept = await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    assert.equal(kept.bytes, 4);
    const outside = join(dirname(storage.localPath("a")), "..", "outside");
    for (const key of hostileKeys) {
      const path = await staged(storage, `me/hostile-${hostileKeys.indexOf(key)}`, "evil");
      await assert.rejects(storage.keep(path, key), rejected, `keep ${JSON.stringify(key)}`);
      assert.throws(() => storage.localPath(key), rejected, `localPath ${JSON.stringify(key)}`);
      await assert.rejects(storage.stat(key), rejected, `stat ${JSON.stringify(key)}`);
      await assert.rejects(storage.remove(key), rejected, `remove ${JSON.stringify(key)}`);
      await assert.rejects(storage.stage(key), rejected, `stage ${JSON.stringify(key)}`);
      if (key !== "") await assert.rejects(keysOf(storage, key), rejected, `list ${JSON.stringify(key)}`);
    }
    await assert.rejects(stat(outside), { code: "ENOENT" });
    assert.deepEqual(await keysOf(storage, ""), ["a/part"]);
  }),
  storageCase("a key may not hide among what is staged", async ({ storage }) => {
    const directory = await storage.stage("me/1");
    await writeFile(join(directory, "part"), "rows");
    const inside = directory.slice(dirname(storage.localPath("a")).length + 1);
    for (const key of [inside, `${inside}/part`]) {
      assert.throws(() => storage.localPath(key));
      await assert.rejects(storage.remove(key));
    }
    assert.equal(await readFile(join(directory, "part"), "utf8"), "rows");
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
    for (const key of keys) assert.equal(await contentOf(storage, key), key);
  }),
  storageCase("what is not there has no length, and neither has a prefix", async ({ storage }) => {
    await storage.keep(await staged(storage, "me/1", "rows"), "a/b/part");
    for (const key of ["nothing", "a", "a/b", "a/b/part/deeper"])
      assert.equal(await storage.stat(key), undefined, key);
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
      assert.deepEqual((await keysOf(storage, "raw.orders/v1")).toSorted(), keys.slice(0, 2));
      assert.deepEqual(await keysOf(storage, "raw"), []);
      assert.deepEqual(await keysOf(storage, "raw.orders/v1/part-0/x"), []);
    },
  ),
  storageCase("an unused storage lists nothing, removes nothing and sweeps nothing", async ({ storage }) => {
    assert.deepEqual(await keysOf(storage, ""), []);
    assert.equal(await storage.stat("a/part"), undefined);
    await storage.remove("a/part");
    await storage.sweep(() => false);
  }),
  storageCase(
    "removing takes one file and what it leaves empty, and may be done twice",
    async ({ storage }) => {
      for (const key of ["a/v1/part-0", "a/v1/part-1", "a/v2/part-0"])
        await storage.keep(await staged(storage, `me/${key.replaceAll("/", "-")}`, key), key);
      await storage.remove("a/v1/part-0");
      assert.deepEqual((await keysOf(storage, "")).toSorted(), ["a/v1/part-1", "a/v2/part-0"]);
      await storage.remove("a/v1/part-1");
      await storage.remove("a/v1/part-1");
      await assert.rejects(stat(dirname(storage.localPath("a/v1/part-1"))), { code: "ENOENT" });
      assert.deepEqual(await keysOf(storage, ""), ["a/v2/part-0"]);
      await storage.keep(await staged(storage, "me/again", "rows"), "a/v1/part-1");
      assert.equal(await contentOf(storage, "a/v1/part-1"), "rows");
    },
  ),
  storageCase("every attempt stages in a fresh directory of its own", async ({ storage }) => {
    const first = await storage.stage("me/1");
    const second = await storage.stage("me/2");
    assert.notEqual(first, second);
    assert.deepEqual(await readdir(first), []);
    await assert.rejects(storage.stage("me/1"));
  }),
  storageCase("only what was staged can be kept", async ({ storage }) => {
    await storage.keep(await staged(storage, "me/1", "rows"), "a/part");
    const directory = await storage.stage("me/2");
    const others = join(dirname(storage.localPath("a")), "..", "others");
    await writeFile(others, "not ours");
    await symlink(others, join(directory, "link"));
    for (const path of [
      others,
      storage.localPath("a/part"),
      join(directory, "link"),
      join(directory, "missing"),
      directory,
    ]) {
      await assert.rejects(storage.keep(path, "b/part"), rejected, path);
    }
    assert.equal(await storage.stat("b/part"), undefined);
    assert.equal(await readFile(others, "utf8"), "not ours");
    assert.equal(await contentOf(storage, "a/part"), "rows");
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
    assert.equal(await contentOf(storage, "a/part"), "rows");
    assert.equal(await contentOf(storage, "a/part"), "rows");
    await storage.stage("dead-1/b");
  }),
  storageCase("sweeping never follows a symbolic link", async ({ storage }) => {
    const directory = await storage.stage("dead-1/a");
    const others = join(dirname(storage.localPath("a")), "..", "others");
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

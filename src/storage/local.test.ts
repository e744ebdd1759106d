import promises, { mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { smallDisk } from "../testing/small-disk.ts";
import { holds, kept } from "../testing/storage-fixtures.ts";
import { storageDiskConformance } from "../testing/storage-fault-cases.ts";
import { storageConformance } from "../testing/storage-conformance.ts";
import type { StorageDiskCase, StorageSubject } from "../testing/storage-subject.ts";
import { localStorage } from "./local.ts";

async function make(): Promise<StorageSubject> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-storage-"));
  const path = join(directory, "new", "storage");
  return {
    storage: localStorage(path),
    beside: directory,
    strays: async () => (await readdir(dirname(path))).filter((name) => name !== "storage"),
    opener: { module: new URL("./local.ts", import.meta.url).href, open: "localStorage", argument: path },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function makeFailing(): ReturnType<Parameters<StorageDiskCase["run"]>[0]> {
  const disk = smallDisk(1 << 20);
  if ("skipped" in disk) return disk;
  return {
    storage: localStorage(disk.path),
    disk,
    [Symbol.asyncDispose]: async () => disk[Symbol.dispose](),
  };
}

describe("a directory is a storage", () => {
  test.for(storageConformance)("$name", { timeout: 60_000 }, async (one) => {
    await expect(one.run(make)).resolves.toBeUndefined();
  });
  test.for(storageDiskConformance)("$name", { timeout: 60_000 }, async (one, { skip }) => {
    const ended = await one.run(makeFailing);
    if (ended) skip(ended.skipped);
    expect(ended).toBeUndefined();
  });
});

test("a key may not hide among what is staged", async () => {
  await using subject = await make();
  const { storage, beside } = subject;
  const directory = await storage.stage("me/1");
  await promises.writeFile(join(directory, "part"), "rows");
  const inside = relative(join(beside, "new", "storage"), directory);
  for (const key of [inside, `${inside}/part`]) {
    await expect(storage.local({ key, bytes: 4, sha256: "" })).rejects.toThrow("staging directory");
    await expect(storage.remove([key])).rejects.toThrow("staging directory");
  }
  expect(await promises.readFile(join(directory, "part"), "utf8")).toBe("rows");
});

test("directories that removing leaves empty go as well", async () => {
  await using subject = await make();
  const { storage, beside } = subject;
  for (const key of ["a/v1/part", "a/v2/part"])
    await kept(storage, `me/${key.replaceAll("/", "-")}`, key, key);
  await storage.remove(["a/v1/part"]);
  expect(await readdir(join(beside, "new", "storage", "a"))).toEqual(["v2"]);
});

test("a staging directory that leads elsewhere is not swept", async () => {
  await using subject = await make();
  const staging = dirname(dirname(await subject.storage.stage("me/1")));
  const elsewhere = join(dirname(dirname(staging)), "elsewhere");
  await rename(staging, elsewhere);
  await symlink(elsewhere, staging);
  await subject.storage.sweep(() => false);
  expect(await readdir(elsewhere)).toEqual(["me"]);
});

describe("a directory on a disk without hard links", () => {
  const { link } = promises;
  afterEach(() => {
    promises.link = link;
    syncBuiltinESMExports();
  });

  test.for(["EPERM", "ENOTSUP"])("keeps files all the same (%s)", async (code) => {
    promises.link = async () => {
      throw Object.assign(new Error(`${code}: no links here`), { code });
    };
    syncBuiltinESMExports();
    await using subject = await make();
    const { storage } = subject;
    const keep = async (attempt: string, content: string): Promise<unknown> => {
      const path = join(await storage.stage(`me/${attempt}`), "file");
      await promises.writeFile(path, content);
      return storage.keep(path, "a/part");
    };
    expect(await keep("1", "rows")).toMatchObject({ bytes: 4 });
    expect(await keep("2", "rows")).toMatchObject({ bytes: 4 });
    await expect(keep("3", "ROWS")).rejects.toMatchObject({ code: "storage-damaged" });
    await holds(storage, "a/part", "rows");
  });
});

import { S3 } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { refusal } from "../testing/refusal.ts";
import { type S3Server, startS3 } from "../testing/s3-server.ts";
import { smallDisk } from "../testing/small-disk.ts";
import { race } from "../testing/start-child.ts";
import { storageConformance } from "../testing/storage-conformance.ts";
import { hashOf, holds, kept, keysOf } from "../testing/storage-fixtures.ts";
import type { StorageSubject } from "../testing/storage-subject.ts";
import { type S3Settings, s3Storage } from "./s3.ts";
import type { Storage } from "./storage.ts";

let server: S3Server;
let missing: string | undefined;
beforeAll(async () => {
  const started = await startS3();
  if ("skipped" in started) {
    missing = started.skipped;
    return;
  }
  server = started;
  for (const [name, value] of Object.entries(server.environment())) vi.stubEnv(name, value);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.[Symbol.asyncDispose]();
});

/** Storage below a prefix of its own, on a machine of its own. */
async function settingsOf(more: Partial<S3Settings> = {}): Promise<S3Settings> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-storage-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return {
    address: `s3://${server.bucket}/${randomUUID()}/data`,
    directory: join(directory, ".sluice"),
    owner: "me",
    ...more,
  };
}

async function make(): Promise<StorageSubject> {
  const settings = await settingsOf();
  const [, , , own = ""] = settings.address.split("/");
  const beside = join(settings.directory, "..");
  return {
    storage: s3Storage(settings),
    opener: { module: new URL("./s3.ts", import.meta.url).href, open: "s3Storage", argument: settings },
    beside,
    strays: async () => {
      const here = (await readdir(beside)).filter((name) => name !== ".sluice");
      const there = await readdir(join(server.directory, own)).catch(() => []);
      return [...here, ...there.filter((name) => name !== "data")];
    },
    async [Symbol.asyncDispose]() {},
  };
}

beforeEach(({ skip }) => skip(missing !== undefined, missing));

describe("a bucket is a storage", () => {
  test.for(storageConformance)("$name", { timeout: 60_000 }, async (one) => {
    await expect(one.run(make)).resolves.toBeUndefined();
  });
});

describe("objects", { timeout: 60_000 }, () => {
  const large = Buffer.alloc((20 << 20) + 1, "0123456789abcdef");

  test("a large file is sent in parts and comes back whole", async () => {
    const settings = await settingsOf();
    const storage = s3Storage(settings);
    const file = await kept(storage, "me/1", large, "a/large");
    expect(file).toMatchObject({ bytes: large.length, sha256: hashOf(large) });
    await rm(settings.directory, { recursive: true });
    await holds(s3Storage(settings), "a/large", large);
    expect(await storage.checksum("a/large")).toBe(file.sha256);
    // The same again, and something else.
    expect(await kept(storage, "me/2", large, "a/large")).toEqual(file);
    large[17] = 0;
    await refusal("storage-damaged", kept(storage, "me/3", large, "a/large"));
    expect(await uploads()).toEqual([]);
  });

  test("a page of a list is not the end of it, nor is one of what is removed", async () => {
    const settings = await settingsOf();
    const storage = s3Storage(settings);
    const place = join(server.directory, settings.address.split("/").slice(3).join("/"), "many");
    await mkdir(place, { recursive: true });
    for (let index = 0; index < 2100; index += 1) await writeFile(join(place, `part-${index}`), "rows");
    const keys = await keysOf(storage, "");
    expect(new Set(keys).size).toBe(2100);
    await storage.remove(keys.slice(0, 2050));
    expect((await keysOf(storage, "many")).length).toBe(50);
  });

  test("a bucket without a prefix will do, and what others laid there is left out", async () => {
    const bucket = `bucket-${randomUUID()}`;
    await mkdir(join(server.directory, "..", bucket));
    const storage = s3Storage(await settingsOf({ address: `s3://${bucket}` }));
    await new S3({ forcePathStyle: true }).putObject({ Bucket: bucket, Key: "folder/", ContentLength: 0 });
    await kept(storage, "me/1", "rows", "a/part");
    expect(await keysOf(storage, "")).toEqual(["a/part"]);
    await holds(storage, "a/part", "rows");
  });

  test("what was tampered with, cut or removed is told with its key", async () => {
    const settings = await settingsOf();
    const place = join(server.directory, settings.address.split("/").slice(3).join("/"), "a", "part");
    const file = await kept(s3Storage(settings), "me/1", "rows", "a/part");
    const read = async (): Promise<string> => {
      await rm(settings.directory, { recursive: true, force: true });
      return (await refusal("storage-damaged", s3Storage(settings).local(file))).message;
    };
    await writeFile(place, "ROWS");
    expect(await read()).toContain('"a/part"');
    await writeFile(place, "rows and more");
    expect(await read()).toContain("13 bytes, and not the 4");
    await rm(place);
    expect(await read()).toContain('"a/part" is missing');
    await writeFile(place, "rows");
    await holds(s3Storage(settings), "a/part", "rows");
  });
});

describe("copies on this machine", { timeout: 60_000 }, () => {
  test("what was kept or fetched once is read without the server", async () => {
    const settings = await settingsOf();
    const file = await kept(s3Storage(settings), "me/1", "rows", "a/part");
    const away = s3Storage({ ...settings, address: "s3://not-there" });
    expect(await readFile(await away.local(file), "utf8")).toBe("rows");
  });

  test("a copy stays while it is read, and goes when it is let go", async () => {
    const settings = await settingsOf();
    const storage = s3Storage(settings);
    const path = await storage.local(await kept(storage, "me/1", "rows", "a/part.parquet"));
    expect(path).toMatch(/\.parquet$/);
    await rm(join(settings.directory, "cache"), { recursive: true });
    await s3Storage(settings).sweep((owner) => owner === "me");
    expect(await readFile(path, "utf8")).toBe("rows");
    await storage.letGo();
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("what a dead process was reading is swept", async () => {
    const settings = await settingsOf();
    const storage = s3Storage(settings);
    const path = await storage.local(await kept(storage, "me/1", "rows", "a/part"));
    await s3Storage({ ...settings, owner: "other" }).sweep((owner) => owner !== "me");
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("processes that want the same files at once all get them", async () => {
    const settings = await settingsOf();
    const contents = Array.from({ length: 12 }, (_, index) => `rows ${index}`.padEnd(100_000, "x"));
    const files: unknown[] = [];
    for (const content of contents)
      files.push(await kept(s3Storage(settings), `me/${files.length}`, content, `a/${files.length}`));
    await rm(join(settings.directory, "cache"), { recursive: true });
    const module = new URL("./s3.ts", import.meta.url).href;
    const ends = await race({ module, open: "s3Storage", argument: settings }, readAll, [
      files,
      files,
      files,
    ]);
    expect(ends.map((end) => (end.kind === "result" ? end.result : end))).toEqual([
      contents,
      contents,
      contents,
    ]);
  });

  test("a full disk is told, and nothing half is read later", async ({ skip }) => {
    const disk = smallDisk(1 << 20);
    if ("skipped" in disk) return skip(disk.skipped);
    onTestFinished(() => disk[Symbol.dispose]());
    const settings = await settingsOf();
    const file = await kept(s3Storage(settings), "me/1", "x".repeat(600_000), "a/part");
    const storage = s3Storage({ ...settings, directory: disk.path });
    await storage.stage("me/2");
    disk.fill();
    expect((await refusal("disk-full", storage.local(file))).message).toContain(disk.path);
    await refusal("disk-full", storage.stage("me/3"));
    disk.free();
    await holds(storage, "a/part", "x".repeat(600_000));
  });
});

/** What was begun and not ended in the bucket. */
async function uploads(): Promise<readonly (string | undefined)[]> {
  const { Uploads = [] } = await new S3({ forcePathStyle: true }).listMultipartUploads({
    Bucket: server.bucket,
  });
  return Uploads.map(({ Key }) => Key);
}

// What other processes do, handed over as text.
async function readAll(storage: Storage, files: unknown): Promise<string[]> {
  const { readFileSync: read } = process.getBuiltinModule("node:fs");
  const all = files as readonly Parameters<Storage["local"]>[0][];
  const paths = await Promise.all(all.map((file) => storage.local(file)));
  return paths.map((path) => read(path, "utf8"));
}

/** The server and the way to it fail; credentials are wrong; processes die while they send. */
import { S3 } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { KeptFile } from "../../graph/stored-file.ts";
import { refusal } from "../../testing/refusal.ts";
import { type S3Server, startS3 } from "../../testing/s3-server.ts";
import { race, startChild } from "../../testing/start-child.ts";
import { holds, kept, keysOf, staged } from "../../testing/storage-fixtures.ts";
import { startProxy, type TcpProxy } from "../../testing/tcp-proxy.ts";
import { type S3Settings, s3Storage } from "../s3.ts";
import type { Storage } from "../storage.ts";

let server: S3Server;
let missing: string | undefined;
beforeAll(async () => {
  const started = await startS3();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
}, 60_000);
beforeEach(({ skip }) => {
  skip(missing !== undefined, missing);
  setEnvironment();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.[Symbol.asyncDispose]();
});

function setEnvironment(port?: number, more: Readonly<Record<string, string | undefined>> = {}): void {
  vi.unstubAllEnvs();
  const all = { ...server.environment(port), ...more };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
}

async function settingsOf(more: Partial<S3Settings> = {}): Promise<S3Settings> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-storage-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { address: `s3://${server.bucket}/${randomUUID()}`, directory, owner: "me", ...more };
}

/** Storage that is reached through a way that can be cut. */
async function throughProxy(more: Partial<S3Settings> = {}): Promise<{
  readonly settings: S3Settings;
  readonly storage: Storage;
  readonly proxy: TcpProxy;
}> {
  const proxy = await startProxy(server.port);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  setEnvironment(proxy.port);
  const settings = await settingsOf(more);
  return { settings, storage: s3Storage(settings), proxy };
}

const forget = (settings: S3Settings): Promise<void> =>
  rm(settings.directory, { recursive: true, force: true });
const large = Buffer.alloc((18 << 20) + 7, "0123456789abcdef");

async function uploads(): Promise<readonly (string | undefined)[]> {
  const { Uploads = [] } = await new S3({ forcePathStyle: true }).listMultipartUploads({
    Bucket: server.bucket,
  });
  return Uploads.map(({ Key }) => Key);
}

describe("a server that is away", { timeout: 60_000 }, () => {
  test("is waited for, by whoever writes and whoever reads", async () => {
    const settings = await settingsOf();
    const file = await kept(s3Storage(settings), "me/1", "rows", "a/part");
    await forget(settings);
    const storage = s3Storage(settings);
    const path = await staged(storage, "me/2", "more rows");
    await server.crash();
    const all = Promise.all([storage.local(file), storage.keep(path, "b/part"), keysOf(storage, "a")]);
    setTimeout(() => void server.start(), 1500);
    const [read, , keys] = await all;
    expect(await readFile(read, "utf8")).toBe("rows");
    expect(keys).toEqual(["a/part"]);
    await holds(storage, "b/part", "more rows");
  });

  test("and stays away is told after a while, with a way out; afterwards all goes on", async () => {
    const settings = await settingsOf({ patience: { whole: 700 } });
    const storage = s3Storage(settings);
    const path = await staged(storage, "me/1", "rows");
    await server.crash();
    const error = await refusal("storage-unreachable", storage.keep(path, "a/part"));
    expect(error.message).toContain(settings.address);
    expect(error.message).toContain("ECONNREFUSED");
    await refusal("storage-unreachable", keysOf(storage, ""));
    await server.start();
    await storage.keep(path, "a/part");
    await holds(storage, "a/part", "rows");
  });

  test("is waited for no longer once nobody wants what it has", async () => {
    const settings = await settingsOf();
    const file = await kept(s3Storage(settings), "me/1", "rows", "a/part");
    await forget(settings);
    const storage = s3Storage(settings);
    await server.crash();
    const path = await staged(storage, "me/2", "more");
    const reading = refusal("interrupted", storage.local(file));
    const writing = refusal("interrupted", storage.keep(path, "b/part"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await storage.letGo();
    expect((await reading).message).toContain("stopped");
    expect((await writing).message).toContain("stopped");
    await server.start();
    await holds(storage, "a/part", "rows");
  });

  test("and has no name is told soon", async () => {
    setEnvironment(undefined, { AWS_ENDPOINT_URL_S3: "http://nobody.invalid" });
    const error = await refusal("storage-unreachable", keysOf(s3Storage(await settingsOf()), ""));
    expect(error.hint).toContain("AWS_ENDPOINT_URL_S3");
  });
});

test("a server that falls silent is asked again", { timeout: 60_000 }, async () => {
  const settings = await settingsOf({ patience: { silence: 500 } });
  const storage = s3Storage(settings);
  const file = await kept(storage, "me/1", "rows", "a/part");
  await forget(settings);
  server.freeze();
  setTimeout(() => server.wake(), 1500);
  expect(await readFile(await s3Storage(settings).local(file), "utf8")).toBe("rows");
});

describe("a connection that breaks", { timeout: 60_000 }, () => {
  test("while a small file is sent costs nothing but time", async () => {
    const { storage, proxy } = await throughProxy();
    proxy.breakAfter("up", 300_000, 3);
    await kept(storage, "me/1", "x".repeat(1_000_000), "a/part");
    expect(proxy.broken).toBe(3);
    await holds(storage, "a/part", "x".repeat(1_000_000));
  });

  test("while a large file is sent costs its part, and leaves nothing behind", async () => {
    const { settings, storage, proxy } = await throughProxy();
    proxy.breakAfter("up", 2_000_000, 3);
    const file = await kept(storage, "me/1", large, "a/large");
    expect(proxy.broken).toBe(3);
    expect(await uploads()).toEqual([]);
    expect(await storage.checksum("a/large")).toBe(file.sha256);
    expect(await keysOf(s3Storage(settings), "")).toEqual(["a/large"]);
  });

  test("just before the answer: what was sent twice is one file", async () => {
    const { storage, proxy } = await throughProxy();
    proxy.breakAfter("down", 0, 1);
    await kept(storage, "me/1", "rows", "a/part");
    expect(proxy.broken).toBe(1);
    await holds(storage, "a/part", "rows");
  });

  test("while a file is fetched: it is gone on with, and not begun again", async () => {
    const { settings, storage, proxy } = await throughProxy();
    const file = await kept(storage, "me/1", large, "a/large");
    await forget(settings);
    const before = proxy.passed.down;
    proxy.breakAfter("down", 5_000_000, 3);
    await holds(s3Storage(settings), "a/large", large);
    expect(proxy.broken).toBe(3);
    expect(proxy.passed.down - before).toBeLessThan(file.bytes * 1.1);
  });

  test("again and again is told, and nothing is kept, nor half of it", async () => {
    const { storage, proxy, settings } = await throughProxy({ patience: { whole: 1000 } });
    const path = await staged(storage, "me/1", large);
    proxy.breakAfter("up", 1_000_000, Infinity);
    const error = await refusal("storage-unreachable", storage.keep(path, "a/large"));
    expect(error.message).toContain(settings.address);
    proxy.breakAfter("up", 0, 0);
    expect(await keysOf(storage, "")).toEqual([]);
    await storage.sweep(() => true);
    await storage.keep(path, "a/large");
    expect(await keysOf(storage, "")).toEqual(["a/large"]);
  });
});

describe("processes of one machine that want the same", { timeout: 60_000 }, () => {
  test("fetch it once", async () => {
    const { settings, storage, proxy } = await throughProxy();
    const file = await kept(storage, "me/1", large, "a/large");
    await forget(settings);
    const before = proxy.passed.down;
    const opener = {
      module: new URL("../s3.ts", import.meta.url).href,
      open: "s3Storage",
      argument: settings,
    };
    const ends = await race(opener, lengthOf, [file, file, file]);
    expect(ends.map((end) => (end.kind === "result" ? end.result : end))).toEqual(
      [1, 2, 3].map(() => large.length),
    );
    expect(proxy.passed.down - before).toBeLessThan(file.bytes * 1.5);
    expect(await readdir(join(settings.directory, "cache/fetching"))).toEqual([]);
  });

  test.for([
    ["a while ago", -60_000],
    ["by a clock that was set back since", 3_600_000],
  ] as const)("go on without the one that died over it: %s", async ([, ago]) => {
    const settings = await settingsOf();
    const file = await kept(s3Storage(settings), "me/1", "rows", "a/part");
    await rm(join(settings.directory, "cache"), { recursive: true });
    const claims = join(settings.directory, "cache/fetching");
    await mkdir(claims, { recursive: true });
    const claim = join(claims, file.sha256);
    await writeFile(claim, "");
    const then = new Date(Date.now() + ago);
    await utimes(claim, then, then);
    expect(await readFile(await s3Storage(settings).local(file), "utf8")).toBe("rows");
    expect(await readdir(claims)).toEqual([]);
  });
});

describe("processes that die while they send", { timeout: 60_000 }, () => {
  test("leave parts that nobody sees and that are given up in time", async () => {
    const settings = await settingsOf();
    const opener = {
      module: new URL("../s3.ts", import.meta.url).href,
      open: "s3Storage",
      argument: settings,
    };
    const child = await startChild(opener, keepForEver, { bytes: 60 << 20 });
    child.go();
    await child.tells(1);
    while ((await uploads()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill();
    expect(await child.end).toEqual({ kind: "killed" });
    const storage = s3Storage(settings);
    expect(await keysOf(storage, "")).toEqual([]);
    await storage.sweep(() => false);
    expect((await uploads()).length, "it may still be alive elsewhere").toBe(1);
    await s3Storage({ ...settings, abandonedAfter: -1000 }).sweep(() => false);
    expect(await uploads()).toEqual([]);
    await kept(storage, "me/again", "rows", "a/large");
  });
});

describe("who may not is told why, and what to do; no secret is in it", { timeout: 60_000 }, () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp, RegExp])[] =
    [
      [
        "a wrong secret",
        { AWS_SECRET_ACCESS_KEY: "wrong-secret" },
        /refuses the credentials.*signature/,
        /correct/,
      ],
      ["an unknown key", { AWS_ACCESS_KEY_ID: "nobody" }, /refuses the credentials/, /correct/],
      [
        "no credentials",
        { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
        /no credentials for s3:/,
        /AWS_PROFILE/,
      ],
      [
        "a profile that is none",
        { AWS_PROFILE: "nobodys", AWS_ACCESS_KEY_ID: undefined },
        /no credentials/,
        /AWS_PROFILE/,
      ],
    ];
  test.for(cases)("%s", async ([, environment, message, hint]) => {
    setEnvironment(undefined, environment);
    const storage = s3Storage(await settingsOf());
    const path = await staged(storage, "me/1", "rows");
    const actions = [
      () => storage.keep(path, "a/part"),
      () => keysOf(storage, ""),
      () => storage.remove(["a"]),
    ];
    for (const action of actions) {
      const error = await refusal("storage-refused", action());
      expect(error.message).toMatch(message);
      expect(error.hint).toMatch(hint);
      const everything = inspect(error, { depth: Infinity, showHidden: true });
      expect(everything).not.toContain(server.environment()["AWS_SECRET_ACCESS_KEY"]);
      expect(everything).not.toContain("wrong-secret");
    }
  });

  test("a bucket that does not exist", async () => {
    const storage = s3Storage(await settingsOf({ address: "s3://not-there/data" }));
    const path = await staged(storage, "me/1", "rows");
    const file = { key: "a/part", bytes: 4, sha256: "0".repeat(64) };
    const actions = [
      () => storage.keep(path, "a/part"),
      () => storage.local(file),
      () => storage.checksum("a/part"),
      () => keysOf(storage, ""),
      () => storage.remove(["a"]),
      () => storage.sweep(() => true),
    ];
    for (const action of actions) {
      expect((await refusal("storage-refused", action())).message).toBe('there is no bucket "not-there"');
    }
  });

  test("another region than the bucket's is no matter, as the server says which it is", async () => {
    setEnvironment(undefined, { AWS_REGION: "eu-central-1" });
    const storage = s3Storage(await settingsOf());
    const both = [kept(storage, "me/1", "one", "a/1"), kept(storage, "me/2", "two", "a/2")];
    await Promise.all(both);
    expect(await keysOf(storage, "")).toEqual(["a/1", "a/2"]);
  });

  test("nobody has to say the region", async () => {
    setEnvironment(undefined, { AWS_REGION: undefined });
    expect(await keysOf(s3Storage(await settingsOf()), "")).toEqual([]);
  });

  test("a profile will do", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-profile-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = server.environment();
    const file = join(directory, "credentials");
    await writeFile(file, `[team]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`);
    setEnvironment(undefined, {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SHARED_CREDENTIALS_FILE: file,
      AWS_PROFILE: "team",
    });
    expect(await keysOf(s3Storage(await settingsOf()), "")).toEqual([]);
  });
});

// What other processes do, handed over as text.
async function lengthOf(storage: Storage, file: KeptFile): Promise<number> {
  const { statSync: stat } = process.getBuiltinModule("node:fs");
  return stat(await storage.local(file)).size;
}

async function keepForEver(
  storage: Storage,
  input: { readonly bytes: number },
  tell: (news: unknown) => void,
): Promise<void> {
  const { writeFileSync: write } = process.getBuiltinModule("node:fs");
  const path = `${await storage.stage("dead/1")}/file`;
  write(path, Buffer.alloc(input.bytes, "x"));
  tell("staged");
  await storage.keep(path, "a/large");
}

import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { KeptFile } from "../graph/stored-file.ts";
import { explained, unlessMissing } from "./disk-errors.ts";
import { fileCache } from "./file-cache.ts";
import { heldCopies } from "./held-copies.ts";
import { segmentsOf } from "./keys.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { readAddress, type S3Address } from "./s3/address.ts";
import type { S3Patience } from "./s3/client.ts";
import { type Objects, objectsAt } from "./s3/objects.ts";
import type { Uploaded } from "./s3/upload.ts";
import { stagingIn } from "./staging.ts";
import type { Storage } from "./storage.ts";

export interface S3Settings {
  /** `s3://bucket/prefix`. Everything else is found where programs of AWS find it. */
  readonly address: string;
  /** The directory of this machine in which files are staged, read and remembered, absolute. */
  readonly directory: string;
  /** In whose name this process stages and holds files. */
  readonly owner: string;
  /** Bytes that may be remembered; by default half of what would be free without them. */
  readonly cacheBytes?: number;
  /** Milliseconds to wait for the server. */
  readonly patience?: Partial<S3Patience>;
  /** Milliseconds after which something that is still being sent is given up by `sweep`. */
  readonly abandonedAfter?: number;
}

const usualPatience: S3Patience = { whole: 30_000, connect: 5000, silence: 20_000 };
const day = 24 * 3600 * 1000;

/** How often it may happen that the key is taken, and nothing lies there when it is looked at. */
const attempts = 5;

/**
 * Storage below an address of S3, or of a server that speaks as it does. Files are staged on this machine and sent
 * whole; what is read is fetched once, compared with what was recorded, and remembered here.
 */
export function s3Storage(settings: S3Settings): Storage {
  const address = readAddress(settings.address);
  const staging = stagingIn(join(settings.directory, "staging"));
  const reading = stagingIn(join(settings.directory, "reading"));
  const claims = join(settings.directory, "cache", "fetching");
  const cache = fileCache(join(settings.directory, "cache", "files"), settings.cacheBytes);
  const objects = objectsAt(address, { ...usualPatience, ...settings.patience });
  // Who cannot remember something fetches it again.
  const remember = (file: Pick<KeptFile, "bytes" | "sha256">, path: string): Promise<void> =>
    cache.add(file, path).catch(() => undefined);
  const copies = heldCopies(
    () => reading.stage(`${settings.owner}.${randomUUID()}`),
    (file, path, signal) =>
      explained(path, async () => {
        if (await cache.take(file, path)) return;
        // Workers want the same inputs at the same time: one fetches them for all.
        await oneAtATime(join(claims, file.sha256), signal, async () => {
          if (await cache.take(file, path)) return;
          await fetch(objects, address, { file, path }, signal);
          await remember(file, path);
        });
      }),
  );
  return {
    stage: (attempt) => staging.stage(attempt),
    async keep(stagedPath, key) {
      segmentsOf(key);
      const staged = await explained(stagedPath, () => staging.open(stagedPath));
      const content = await closing(staged, (file) =>
        copies.doing((signal) => send(objects, address, { key, file }, signal)),
      );
      await remember(content, stagedPath);
      await explained(stagedPath, () => unlessMissing(unlink(stagedPath)));
      return content;
    },
    async local(file) {
      segmentsOf(file.key);
      return copies.hold(file);
    },
    letGo: () => copies.letGo(),
    checksum: (key) => copies.doing((signal) => checksum(objects, key, signal)),
    list: (prefix) => objects.list(prefix),
    remove: (keys) => objects.remove(keys),
    async sweep(isAlive) {
      await staging.sweep(isAlive);
      await reading.sweep((name) => isAlive(name.slice(0, name.lastIndexOf("."))));
      await objects.abandon(settings.abandonedAfter ?? day);
    },
  };
}

/** Send a staged file, unless the key has its content already. Errors: `storage-damaged` where it has other content. */
async function send(
  objects: Objects,
  { text }: S3Address,
  { key, file }: { readonly key: string; readonly file: FileHandle },
  signal: AbortSignal,
): Promise<Pick<Uploaded, "bytes" | "sha256">> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { kind, bytes, sha256 } = await objects.send(key, file, signal);
    // It may be what was sent before, when the answer was lost.
    const there = kind === "kept" ? sha256 : await checksum(objects, key, signal);
    if (there === sha256) return { bytes, sha256 };
    if (there !== undefined) {
      throw new SluiceError(
        "storage-damaged",
        `${text} has other content under the key "${key}" already; it was left as it is`,
        { hint: "see who wrote it; kept files never change" },
      );
    }
  }
  throw new SluiceError("storage-refused", `others write and remove "${key}" in ${text} all the time`, {
    hint: "see who they are; nobody but Sluice should write there",
  });
}

async function checksum(objects: Objects, key: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await objects.read(key, { write: async () => undefined }, signal);
  return found.kind === "whole" ? found.sha256 : undefined;
}

/** Fetch a file to a path, whole and as it was recorded, or not at all. Errors: `storage-damaged`, `disk-full`. */
async function fetch(
  objects: Objects,
  { text }: S3Address,
  { file: { key, bytes, sha256 }, path }: { readonly file: KeptFile; readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await closing(await open(path, "wx"), async (file) => {
      const sink = { bytes, write: (chunk: Uint8Array) => file.appendFile(chunk) };
      const found = await objects.read(key, sink, signal);
      if (found.kind === "missing") throw damaged(`"${key}" is missing from ${text}`);
      if (found.kind === "length")
        throw damaged(
          `"${key}" in ${text} has ${found.bytes} bytes, and not the ${bytes} that were recorded`,
        );
      if (found.sha256 !== sha256) throw damaged(`"${key}" in ${text} has other content than was recorded`);
      await file.sync();
    });
  } catch (error) {
    await unlessMissing(unlink(path)).catch(() => undefined);
    throw error;
  }
}

const damaged = (what: string): SluiceError =>
  new SluiceError("storage-damaged", what, {
    hint: "sluice doctor says what else is damaged, and what to do about it",
  });

async function closing<T>(handle: FileHandle, action: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await action(handle);
  } finally {
    await handle.close();
  }
}

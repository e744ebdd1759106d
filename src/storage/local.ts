import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SluiceError } from "../errors.ts";
import { errnoOf, explained, unlessMissing } from "./disk-errors.ts";
import { segmentsOf } from "./keys.ts";
import { flushDirectories, makePath, stagingIn } from "./staging.ts";
import type { Storage } from "./storage.ts";

/** Holds what is being written; no key begins with it. */
const stagingName = ".staging";

/** Bytes read at once to be hashed: enough that reading costs little beside hashing. */
const chunkBytes = 1 << 20;

/** What file systems without hard links answer, such as exFAT and some shared folders. */
const withoutLinks: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** What is known of a kept file. */
type Content = Awaited<ReturnType<Storage["keep"]>>;

/** Storage in a directory of this machine. The directory is made when something is first staged in it. */
export function localStorage(directory: string): Storage {
  const root = resolve(directory);
  const staging = stagingIn(join(root, stagingName));
  const pathOf = (key: string): string => {
    const segments = segmentsOf(key);
    if (segments[0] === stagingName) throw new Error(`the key "${key}" leads into the staging directory`);
    return join(root, ...segments);
  };
  return {
    stage: (attempt) => staging.stage(attempt),
    async keep(stagedPath, key) {
      const target = pathOf(key);
      return explained(target, async () => {
        const content = await flush(await staging.open(stagedPath));
        await move(stagedPath, target, content, key);
        await flushDirectories(dirname(target), root);
        return content;
      });
    },
    local: async ({ key }) => pathOf(key),
    letGo: async () => undefined,
    async checksum(key) {
      const found = await unlessMissing(open(pathOf(key), constants.O_RDONLY | constants.O_NOFOLLOW));
      return (
        found &&
        closing(found, async () =>
          (await found.stat()).isFile() ? (await contentOf(found)).sha256 : undefined,
        )
      );
    },
    list: (prefix) => filesBelow(root, prefix === "" ? [] : segmentsOf(prefix)),
    async remove(keys) {
      for (const path of keys.map(pathOf)) {
        await explained(path, async () => {
          await unlessMissing(unlink(path));
          await pruneDirectories(dirname(path), root);
        });
      }
    },
    sweep: (isAlive) => staging.sweep(isAlive),
  };
}

/** Flush a file to the disk and hash it meanwhile; it is closed afterwards. */
const flush = (handle: FileHandle): Promise<Content> =>
  closing(handle, async () => (await Promise.all([contentOf(handle), handle.sync()]))[0]);

async function closing<T>(handle: FileHandle, action: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await action(handle);
  } finally {
    await handle.close();
  }
}

async function contentOf(handle: FileHandle): Promise<Content> {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let bytes = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
    hash.update(chunk.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** Give a flushed file its final name, never taking the name from another content. Errors: `storage-damaged`. */
async function move(stagedPath: string, target: string, content: Content, key: string): Promise<void> {
  await makePath(dirname(target));
  if (!(await claim(stagedPath, target))) {
    const there = await flush(await open(target, constants.O_RDWR | constants.O_NOFOLLOW));
    if (there.sha256 !== content.sha256) {
      throw new SluiceError(
        "storage-damaged",
        `the storage has other content under the key "${key}" already; it was left as it is`,
        {
          hint: `see who wrote "${target}"; kept files never change`,
        },
      );
    }
  }
  await unlessMissing(unlink(stagedPath));
}

/** Move a file to a name that is free; false where it is taken. A rename would replace what is there without a word. */
async function claim(stagedPath: string, target: string): Promise<boolean> {
  try {
    await link(stagedPath, target);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    if (!withoutLinks.has(errnoOf(error))) throw error;
    if (await unlessMissing(lstat(target))) return false;
    await rename(stagedPath, target);
  }
  return true;
}

async function* filesBelow(root: string, prefix: readonly string[]): ReturnType<Storage["list"]> {
  const entries = await unlessMissing(readdir(join(root, ...prefix), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    if (prefix.length === 0 && entry.name === stagingName) continue;
    const segments = [...prefix, entry.name];
    if (entry.isDirectory()) yield* filesBelow(root, segments);
    else if (entry.isFile()) {
      const found = await unlessMissing(lstat(join(root, ...segments)));
      if (found) yield { key: segments.join("/"), bytes: found.size };
    }
  }
}

/** Remove a directory and those above it, up to the first that still holds something. */
async function pruneDirectories(path: string, root: string): Promise<void> {
  for (let directory = path; directory !== root; directory = dirname(directory)) {
    try {
      await rmdir(directory);
    } catch {
      return;
    }
  }
}

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { SluiceError } from "../errors.ts";
import { errnoOf, explained, unlessMissing } from "./local-errors.ts";
import { segmentsOf } from "./local-keys.ts";
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
  const staging = join(root, stagingName);
  const pathOf = (key: string): string => {
    const segments = segmentsOf(key);
    if (segments[0] === stagingName) throw new Error(`the key "${key}" leads into the staging directory`);
    return join(root, ...segments);
  };
  return {
    async stage(attempt) {
      const path = join(staging, ...segmentsOf(attempt));
      await explained(path, async () => {
        await makeDirectories(dirname(path));
        // Fails where it exists: two attempts never share a directory.
        await mkdir(path);
      });
      return path;
    },
    async keep(stagedPath, key) {
      const target = pathOf(key);
      if (!resolve(stagedPath).startsWith(staging + sep)) throw new Error(`"${stagedPath}" was not staged`);
      return explained(target, async () => {
        const content = await flush(stagedPath);
        await move(stagedPath, target, content, key);
        await flushDirectories(dirname(target), root);
        return content;
      });
    },
    local: async ({ key }) => pathOf(key),
    letGo: async () => undefined,
    async stat(key) {
      const found = await unlessMissing(lstat(pathOf(key)));
      return found?.isFile() ? { bytes: found.size } : undefined;
    },
    list: (prefix) => keysBelow(root, prefix === "" ? [] : segmentsOf(prefix)),
    async remove(key) {
      const path = pathOf(key);
      await explained(path, async () => {
        await unlessMissing(unlink(path));
        await pruneDirectories(dirname(path), root);
      });
    },
    sweep: (isAlive) => explained(staging, () => sweep(staging, isAlive)),
  };
}

/** Make a directory and those above it, so that they are there after a power failure. */
async function makeDirectories(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first !== undefined) await flushDirectories(dirname(path), dirname(first));
}

/** Flush a directory and those above it, up to `top`: a file is safe only if every step to it is. */
async function flushDirectories(path: string, top: string): Promise<void> {
  for (let directory = path; ; directory = dirname(directory)) {
    const handle = await open(directory, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (directory === top) return;
  }
}

/** Flush a file to the disk and hash it meanwhile. */
async function flush(path: string): Promise<Content> {
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const [content] = await Promise.all([contentOf(handle), handle.sync()]);
    return content;
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
  await mkdir(dirname(target), { recursive: true });
  if (!(await claim(stagedPath, target))) {
    const there = await flush(target);
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

async function* keysBelow(root: string, prefix: readonly string[]): AsyncIterable<string> {
  const entries = await unlessMissing(readdir(join(root, ...prefix), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    if (prefix.length === 0 && entry.name === stagingName) continue;
    const segments = [...prefix, entry.name];
    if (entry.isDirectory()) yield* keysBelow(root, segments);
    else if (entry.isFile()) yield segments.join("/");
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

async function sweep(staging: string, isAlive: (owner: string) => boolean): Promise<void> {
  const found = await unlessMissing(lstat(staging));
  // Not through a symbolic link: what it leads to is not ours to remove.
  if (!found?.isDirectory()) return;
  for (const owner of await readdir(staging)) {
    if (!isAlive(owner)) await rm(join(staging, owner), { recursive: true, force: true });
  }
}

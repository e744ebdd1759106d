import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { constants, copyFile, link, lstat, mkdir, readdir, statfs, unlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeptFile } from "../graph/stored-file.ts";
import { errnoOf, unlessMissing } from "./disk-errors.ts";

/**
 * Copies of kept files on this machine, named after their content. Several processes share a directory; all of it may
 * be deleted at any moment, by anybody: who reads a file has a name of its own for it.
 */
export interface FileCache {
  /** Give a copy a further name, `path`, under which it stays whatever happens here; false where there is none. */
  take(file: KeptFile, path: string): Promise<boolean>;
  /** Remember the file at `path`, whose content is known to be that. */
  add(file: Pick<KeptFile, "bytes" | "sha256">, path: string): Promise<void>;
}

/** When a copy was last asked for is its time of access; its time of change is this, unless somebody wrote into it. */
const unchanging = new Date(0);

/** What file systems without hard links answer, and what lies on another one. */
const withoutLinks: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EXDEV",
]);

/**
 * A cache in a directory, which is made when needed. It takes `limit` bytes, and by default half of what would be free
 * without it; what was not asked for longest goes first. The limit is kept within a few percent.
 */
export function fileCache(directory: string, limit?: number): FileCache {
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`"${sha256}" is not a SHA-256`);
    return join(directory, sha256);
  };
  let added = 0;
  // Looking at all files after each would make many of them slow.
  let allowance = 0;
  return {
    async take({ sha256, bytes }, path) {
      const copy = pathOf(sha256);
      try {
        await name(copy, path);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return false;
        throw error;
      }
      const found = await lstat(path);
      // Whatever writes into a copy leaves the time on it; then only its content tells whether it is one still.
      const untouched = found.mtimeMs === unchanging.getTime();
      if (found.isFile() && found.size === bytes && (untouched || (await checksum(path)) === sha256)) {
        await unlessMissing(utimes(copy, new Date(), unchanging));
        return true;
      }
      // A power failure, or somebody's hand.
      await unlink(path);
      await unlessMissing(unlink(copy));
      return false;
    },
    async add({ sha256, bytes }, path) {
      const copy = pathOf(sha256);
      await mkdir(dirname(copy), { recursive: true });
      await utimes(path, new Date(), unchanging);
      try {
        await name(path, copy);
      } catch (error) {
        if (errnoOf(error) !== "EEXIST") throw error;
        return;
      }
      added += bytes;
      if (added <= allowance) return;
      allowance = await makeRoom(directory, limit);
      added = 0;
    },
  };
}

async function checksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** A second name for a file; where the disk has no such thing, a copy. Errors: `EEXIST` where the name is taken. */
async function name(path: string, further: string): Promise<void> {
  try {
    await link(path, further);
  } catch (error) {
    if (!withoutLinks.has(errnoOf(error))) throw error;
    // Under its final name at once: a half copy has another length, and is not taken for a whole one.
    await copyFile(path, further, constants.COPYFILE_EXCL);
  }
}

/** Remove what was not asked for longest; gives how many bytes may be added before it is time to look again. */
async function makeRoom(directory: string, limit: number | undefined): Promise<number> {
  const files: { readonly path: string; readonly bytes: number; readonly asked: number }[] = [];
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry);
    const found = await unlessMissing(lstat(path));
    if (found?.isFile()) files.push({ path, bytes: found.size, asked: found.atimeMs });
  }
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = limit ?? (total + (await freeBytes(directory))) / 2;
  if (total > most) {
    for (const { path, bytes } of files.toSorted((a, b) => a.asked - b.asked)) {
      if (total <= most * 0.9) break;
      await unlessMissing(unlink(path));
      total -= bytes;
    }
  }
  return Math.max((most - total) / 8, most / 100);
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

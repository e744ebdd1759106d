import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { errnoOf, explained, unlessMissing } from "./disk-errors.ts";
import { segmentsOf } from "./keys.ts";

/** Directories of this machine where files lie until they are kept; each owner's are below its name. */
export interface Staging {
  /** A fresh directory for an attempt, `owner/name`. Errors: `disk-full`, `disk-read-only`, and where it exists. */
  stage(attempt: string): Promise<string>;
  /** A staged file. Errors: where the path was not staged, or is no file but a link. */
  open(path: string): Promise<FileHandle>;
  /** Remove what owners that no longer live have staged. */
  sweep(isAlive: (owner: string) => boolean): Promise<void>;
}

/** Staging below a directory, which is made when something is first staged in it. */
export function stagingIn(directory: string): Staging {
  const root = resolve(directory);
  return {
    async stage(attempt) {
      const path = join(root, ...segmentsOf(attempt));
      await explained(path, () => makeAttempt(path, 5));
      return path;
    },
    async open(path) {
      if (!resolve(path).startsWith(root + sep)) throw new Error(`"${path}" was not staged`);
      return open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    },
    sweep: (isAlive) => explained(root, () => sweep(root, isAlive)),
  };
}

/** Fails where it exists: two attempts never share a directory. */
async function makeAttempt(path: string, tries: number): Promise<void> {
  try {
    await makeDirectories(dirname(path));
    await mkdir(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || tries === 1) throw error;
    // Whoever takes this owner for dead sweeps meanwhile. Whether it may still publish is not decided here.
    await makeAttempt(path, tries - 1);
  }
}

/** Make a directory and those above it, so that they are there after a power failure. */
async function makeDirectories(path: string): Promise<void> {
  const first = await makePath(path);
  if (first !== undefined) await flushDirectories(dirname(path), dirname(first));
}

/**
 * Make a directory and those above it; returns the first that was missing. Asked for several at once, Node says of a disk
 * that can only be read that they are not there.
 */
export async function makePath(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (error) {
    const { code, path: missing } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" || missing === undefined) throw error;
    await mkdir(missing);
    await mkdir(path, { recursive: true });
    return missing;
  }
}

/** Flush a directory and those above it, up to `top`: a file is safe only if every step to it is. */
export async function flushDirectories(path: string, top: string): Promise<void> {
  const directories = [path];
  for (let directory = path; directory !== top;) directories.push((directory = dirname(directory)));
  // All at once: a file system that keeps a journal writes it once for all of them.
  await Promise.all(
    directories.map(async (directory) => {
      const handle = await open(directory, constants.O_RDONLY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }),
  );
}

async function sweep(root: string, isAlive: (owner: string) => boolean): Promise<void> {
  const found = await unlessMissing(lstat(root));
  // Not through a symbolic link: what it leads to is not ours to remove.
  if (!found?.isDirectory()) return;
  for (const owner of await readdir(root)) {
    if (isAlive(owner)) continue;
    try {
      await rm(join(root, owner), { recursive: true, force: true });
    } catch (error) {
      // It lives after all, and stages: the next sweep finds what is left.
      if (errnoOf(error) !== "ENOTEMPTY") throw error;
    }
  }
}

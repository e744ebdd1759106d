import { lstat, mkdir, open, unlink, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf, unlessMissing } from "./disk-errors.ts";

/** Milliseconds between two signs of life of who is at it, without one before it is overtaken, and between two looks. */
const signs = { every: 1000, silence: 4000, look: 50 };

/**
 * Do something while no other process of this machine does it that names the same path. It saves work and no more: who
 * dies or stalls is overtaken, and may then find that it was not alone.
 */
export async function oneAtATime<T>(path: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  while (!(await claim(path))) await sleep(signs.look, undefined, { signal });
  const alive = setInterval(() => void touch(path).catch(() => undefined), signs.every);
  try {
    return await action();
  } finally {
    clearInterval(alive);
    await unlink(path).catch(() => undefined);
  }
}

/** Whether it is ours to do now: nobody is at it, or nobody who lives, or the disk does not let us know. */
async function claim(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, "wx")).close();
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") return true;
  }
  const found = await unlessMissing(lstat(path));
  // A clock that was set back must not make a dead one live for hours.
  if (found === undefined || Math.abs(Date.now() - found.mtimeMs) < signs.silence) return false;
  await unlessMissing(unlink(path)).catch(() => undefined);
  return false;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

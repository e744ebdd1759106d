import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { KeptFile } from "../graph/stored-file.ts";

/** Copies of kept files that this process reads, and what is on its way. */
export interface HeldCopies {
  /** The path of a copy that stays until `letGo`. */
  hold(file: KeptFile): Promise<string>;
  /** Do something until `letGo`, which waits for its end. */
  doing<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T>;
  letGo(): Promise<void>;
}

/** How many files are fetched at a time. */
const atOnce = 8;

/** What is held between two times of letting go. */
interface Hold {
  readonly stop: AbortController;
  readonly files: Map<string, Promise<string>>;
  readonly others: Set<Promise<unknown>>;
  directory?: Promise<string>;
}

/**
 * Hold copies in directories of this process, each copy once however often it is asked for. `reserve` makes a fresh
 * directory; `obtain` makes a file at a path.
 */
export function heldCopies(
  reserve: () => Promise<string>,
  obtain: (file: KeptFile, path: string, signal: AbortSignal) => Promise<void>,
): HeldCopies {
  const fresh = (): Hold => ({ stop: new AbortController(), files: new Map(), others: new Set() });
  const directoryOf = (hold: Hold): Promise<string> => {
    hold.directory ??= reserve().catch((error: unknown) => {
      delete hold.directory;
      throw error;
    });
    return hold.directory;
  };
  let held = fresh();
  const slot = slots(atOnce);
  return {
    hold(file) {
      const mine = held;
      const name = file.sha256 + extensionOf(file.key);
      const before = mine.files.get(name);
      if (before !== undefined) return before;
      const path = slot(async () => {
        mine.stop.signal.throwIfAborted();
        const place = join(await directoryOf(mine), name);
        await obtain(file, place, mine.stop.signal);
        return place;
      }).catch((error: unknown) => {
        throw inWords(error, mine);
      });
      mine.files.set(name, path);
      // Asked again, it is tried again.
      path.catch(() => mine.files.delete(name));
      return path;
    },
    async doing(action) {
      const mine = held;
      const done = action(mine.stop.signal);
      mine.others.add(done);
      try {
        return await done;
      } catch (error) {
        throw inWords(error, mine);
      } finally {
        mine.others.delete(done);
      }
    },
    async letGo() {
      const mine = held;
      held = fresh();
      mine.stop.abort();
      await Promise.allSettled([...mine.files.values(), ...mine.others]);
      const directory = await mine.directory?.catch(() => undefined);
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What fails because it was given up has been stopped, whatever broke on the way. */
const inWords = (error: unknown, { stop }: Hold): unknown =>
  stop.signal.aborted
    ? new SluiceError("interrupted", "what was on its way to or from the storage was stopped", {
        hint: "run it again",
        cause: error,
      })
    : error;

/** The engine and people tell files apart by how their names end. */
const extensionOf = (key: string): string => /\.[a-z0-9]{1,16}$/.exec(key)?.[0] ?? "";

/** Run actions, so many at a time, in the order in which they came. */
function slots(count: number): <T>(action: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (action) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

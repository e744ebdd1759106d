import { type FSWatcher, statSync, watch } from "node:fs";
import { join } from "node:path";

/** Editors write a file in several steps, and tools many files: what follows this soon (ms) belongs together. */
const quiet = 20;

/** Somebody who never stops writing must not be waited for longer than this (ms). */
const patience = 120;

/** Systems may lose events, so somebody looks this often (ms) even when there are none. */
const backstop = 3000;

/** The same where directories cannot be watched. */
const withoutEvents = 200;

/**
 * Waits for changes in directories. It tells that something may have changed, not what: who wants to know
 * scans. Directories are watched one by one, because watching a whole tree misses what is made and replaced
 * inside of it.
 */
export class ProjectWatch implements Disposable {
  readonly #root: string;
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  /** Some directory cannot be watched. */
  #blind = false;
  #changed = false;
  #onEvent: () => void = () => undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Watch these directories, relative to the project, and no others. Whether there are new ones among them. */
  follow(directories: readonly string[]): boolean {
    for (const [directory, { watcher }] of this.#watchers) {
      if (directories.includes(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    this.#blind = false;
    return directories.map((directory) => this.#follow(directory)).includes(true);
  }

  /** Resolves when something may have changed since the last time, or when stopped. */
  async next(stop: AbortSignal): Promise<void> {
    if (!this.#changed) await this.#event(this.#blind ? withoutEvents : backstop, stop);
    const since = performance.now();
    while (this.#changed && !stop.aborted && performance.now() - since < patience) {
      this.#changed = false;
      await this.#event(quiet, stop);
    }
    this.#changed = false;
  }

  [Symbol.dispose](): void {
    this.follow([]);
  }

  #follow(directory: string): boolean {
    const identity = identityOf(join(this.#root, directory));
    const known = this.#watchers.get(directory);
    // A directory of the same name may be another one by now.
    if (known?.identity === identity) return false;
    known?.watcher.close();
    this.#watchers.delete(directory);
    if (identity === undefined) return false;
    try {
      const watcher = watch(join(this.#root, directory), () => this.#notice());
      watcher.on("error", () => this.#notice());
      this.#watchers.set(directory, { watcher, identity });
      return true;
    } catch {
      // Too many watches, or a file system that has none.
      this.#blind = true;
      return false;
    }
  }

  #notice(): void {
    this.#changed = true;
    this.#onEvent();
  }

  /** Wait for an event, but not longer than so many milliseconds. */
  async #event(milliseconds: number, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#onEvent = resolve;
    stop.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    this.#onEvent = () => undefined;
  }
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : undefined;
}

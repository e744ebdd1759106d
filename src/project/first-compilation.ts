import type { DefinitionsThread } from "./evaluate.ts";
import type { LazyBinder } from "./lazy-binder.ts";

/**
 * What is begun while the configuration of a project that was never compiled here is evaluated: the compiler and the
 * engine are loaded, and the thread of the configuration waits for the other definitions. Whoever compiles takes it over;
 * else nobody may, and it is closed.
 */
export class FirstCompilation {
  #thread: DefinitionsThread | undefined;
  #isCurrent = (): boolean => false;
  #binder: LazyBinder | undefined;
  #closed = false;
  readonly #loadMore: () => Promise<unknown>;

  /** `loadMore` loads what is needed as soon as the configuration is known. */
  constructor(loadMore: () => Promise<unknown> = () => Promise.resolve()) {
    this.#loadMore = loadMore;
  }

  /** `load` loads the compiler. */
  begin(load: () => Promise<unknown>): void {
    // Whoever needs it later is told what went wrong.
    void this.#openEngine(load).catch(() => undefined);
  }

  /** A thread that has evaluated the configuration; `isCurrent`: whether that is still the one that lies there. */
  keepThread(thread: DefinitionsThread, isCurrent: () => boolean): void {
    this.#thread = thread;
    this.#isCurrent = isCurrent;
  }

  /** The thread, now the caller's. */
  takeThread(): DefinitionsThread | undefined {
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread?.isAlive === true && this.#isCurrent()) return thread;
    thread?.close();
    return undefined;
  }

  /** A binder whose engine is being opened, now the caller's. */
  takeBinder(): LazyBinder | undefined {
    const binder = this.#binder;
    this.#binder = undefined;
    return binder;
  }

  close(): void {
    this.#closed = true;
    this.#thread?.close();
    this.#binder?.close();
  }

  async #openEngine(load: () => Promise<unknown>): Promise<void> {
    const { lazyBinder } = await import("./lazy-binder.ts");
    if (this.#closed) return;
    this.#binder = lazyBinder();
    await Promise.all([this.#binder.warm(), this.#loadMore(), load()]);
  }
}

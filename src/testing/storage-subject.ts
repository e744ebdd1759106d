import type { Storage } from "../storage/storage.ts";
import type { SmallDisk } from "./small-disk.ts";
import type { Opener } from "./start-child.ts";

/** An empty storage to try. Disposing of it removes it. */
export interface StorageSubject extends AsyncDisposable {
  readonly storage: Storage;
  readonly opener: Opener;
  /** A directory of this machine that is none of the storage's business. */
  readonly beside: string;
  /** What lies beside the storage: in the directory above its own, or in the bucket outside its prefix. */
  readonly strays: () => Promise<readonly string[]>;
}

/** A storage whose disk can be made to say no. */
export interface FailingStorage extends AsyncDisposable {
  readonly storage: Storage;
  readonly disk: Pick<SmallDisk, "fill" | "free" | "setReadOnly">;
}

/** How a suite gets at storages of one kind. */
export interface StorageMaker {
  make(): Promise<StorageSubject>;
  /** The same on a small disk, or why there can be none here. */
  makeFailing(): Promise<FailingStorage | { readonly skipped: string }>;
}

/** One demand on every storage. `run` raises an `AssertionError` where it is not met, or says why it cannot tell. */
export interface StorageCase {
  readonly name: string;
  run(maker: StorageMaker): Promise<{ readonly skipped: string } | undefined>;
}

/** A case on a fresh storage. */
export function storageCase(name: string, check: (subject: StorageSubject) => Promise<void>): StorageCase {
  return {
    name,
    async run(maker) {
      await using subject = await maker.make();
      await check(subject);
      return undefined;
    },
  };
}

/** A case on a storage whose disk can be made to fail. */
export function failingCase(name: string, check: (subject: FailingStorage) => Promise<void>): StorageCase {
  return {
    name,
    async run(maker) {
      const made = await maker.makeFailing();
      if ("skipped" in made) return made;
      await using subject = made;
      await check(subject);
      return undefined;
    },
  };
}

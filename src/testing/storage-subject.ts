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

/** One demand on every storage. `run` raises an `AssertionError` where it is not met. */
export interface StorageCase {
  readonly name: string;
  run(make: () => Promise<StorageSubject>): Promise<void>;
}

/** One demand on storages that keep files on a disk of this machine. `run` may say why it cannot tell. */
export interface StorageDiskCase {
  readonly name: string;
  run(
    make: () => Promise<FailingStorage | { readonly skipped: string }>,
  ): Promise<{ readonly skipped: string } | undefined>;
}

/** A case on a fresh storage. */
export function storageCase(name: string, check: (subject: StorageSubject) => Promise<void>): StorageCase {
  return {
    name,
    async run(make) {
      await using subject = await make();
      await check(subject);
    },
  };
}

/** A case on a storage whose disk can be made to fail. */
export function diskCase(name: string, check: (subject: FailingStorage) => Promise<void>): StorageDiskCase {
  return {
    name,
    async run(make) {
      const made = await make();
      if ("skipped" in made) return made;
      await using subject = made;
      await check(subject);
      return undefined;
    },
  };
}

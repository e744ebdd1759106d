/**
 * Bytes: immutable files under keys. This port writes a file once, whole or not at all, and never
 * changes it. It knows nothing of datasets, releases or what is current: that is the store's.
 */

import type { KeptFile } from "../graph/stored-file.ts";

export interface Storage {
  /** A fresh directory on this machine for the files of one attempt (`owner/name`); nothing in it is ever read by others. */
  stage(attempt: string): Promise<string>;
  /**
   * Make a staged file durable under its key, whole or not at all. Errors: `storage-damaged` where the key has other
   * content, `disk-full`, `disk-read-only`, and those of a storage that is elsewhere.
   */
  keep(stagedPath: string, key: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /**
   * Where the engine on this machine can read a kept file; where the storage is elsewhere it is fetched first, and
   * compared with what was recorded. Whoever asks has it until `letGo`, or until its process ends. Ask for several at
   * once: how many are fetched at a time is up to the storage. Errors: `storage-damaged`, `disk-full`, and those of a
   * storage that is elsewhere: `storage-unreachable`, `storage-refused`.
   */
  local(file: KeptFile): Promise<string>;
  /** Nothing that was asked for is read any more, and what is on its way is not wanted: it fails with `interrupted`. */
  letGo(): Promise<void>;
  /** SHA-256, hex, of what lies under a key now, read there and not from a copy; undefined where nothing does. */
  checksum(key: string): Promise<string | undefined>;
  /** Every file below a prefix of whole names: `raw.orders` has `raw.orders/v1/…`, not `raw.orders2/…`. Empty: all. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly bytes: number }>;
  remove(keys: readonly string[]): Promise<void>;
  /** Remove what owners that no longer live have staged or half kept; an attempt is `owner/name`. */
  sweep(isAlive: (owner: string) => boolean): Promise<void>;
}

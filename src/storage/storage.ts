/**
 * Bytes: immutable files under keys. This port writes a file once, whole or not at all, and never
 * changes it. It knows nothing of datasets, releases or what is current: that is the store's.
 */

import type { KeptFile } from "../graph/stored-file.ts";

export interface Storage {
  /** A fresh directory on this machine for the files of one attempt (`owner/name`); nothing in it is ever read by others. */
  stage(attempt: string): Promise<string>;
  /**
   * Make a staged file durable under its key: flushed to disk, renamed, directory flushed.
   * Errors: `disk-full`, `disk-read-only`.
   */
  keep(stagedPath: string, key: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /**
   * Where the engine on this machine can read a kept file; where the storage is elsewhere it is fetched first, and
   * compared with what was recorded. Whoever asks has it until `letGo`, or until its process ends. Ask for several at
   * once: how many are fetched at a time is up to the storage. Errors: `storage-damaged`, `disk-full`.
   */
  local(file: KeptFile): Promise<string>;
  /** Nothing that was asked for is read any more. */
  letGo(): Promise<void>;
  /** Whether the file is there, and how long it is. */
  stat(key: string): Promise<{ readonly bytes: number } | undefined>;
  /** Every key below a prefix of whole names: `raw.orders` has `raw.orders/v1/…`, not `raw.orders2/…`. Empty: all. */
  list(prefix: string): AsyncIterable<string>;
  remove(key: string): Promise<void>;
  /** Remove the staging directories of owners that no longer live; an attempt is `owner/name`. */
  sweep(isAlive: (owner: string) => boolean): Promise<void>;
}

/**
 * Bytes: immutable files under keys. This port writes a file once, whole or not at all, and never
 * changes it. It knows nothing of datasets, releases or what is current: that is the store's.
 */

export interface Storage {
  /** A fresh directory on this machine for the files of one attempt (`owner/name`); nothing in it is ever read by others. */
  stage(attempt: string): Promise<string>;
  /**
   * Make a staged file durable under its key: flushed to disk, renamed, directory flushed.
   * Errors: `disk-full`, `disk-read-only`.
   */
  keep(stagedPath: string, key: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** The path under which the engine on this machine can read a kept file. */
  localPath(key: string): string;
  /** Whether the file is there, and how long it is. */
  stat(key: string): Promise<{ readonly bytes: number } | undefined>;
  /** Every key below a prefix of whole names: `raw.orders` has `raw.orders/v1/…`, not `raw.orders2/…`. Empty: all. */
  list(prefix: string): AsyncIterable<string>;
  remove(key: string): Promise<void>;
  /** Remove the staging directories of owners that no longer live; an attempt is `owner/name`. */
  sweep(isAlive: (owner: string) => boolean): Promise<void>;
}

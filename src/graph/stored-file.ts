import type { ColumnStatistics } from "./table-column.ts";

/** What tells one file in storage from another, and from a damaged one. */
export interface KeptFile {
  /** Relative path with `/`, such as `raw.slack/0b5c…/part-0.parquet`. */
  readonly key: string;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
}

/** A file kept in storage, and what is in it. */
export interface StoredFile extends KeptFile {
  readonly rows: number;
  /** What its columns contain; hidden columns too. */
  readonly columns: readonly ColumnStatistics[];
}

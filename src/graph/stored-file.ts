import type { ColumnStatistics } from "./table-column.ts";

/** A file kept in storage. */
export interface StoredFile {
  /** Relative path with `/`, such as `raw.slack/0b5c…/part-0.parquet`. */
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** What its columns contain; hidden columns too. */
  readonly columns: readonly ColumnStatistics[];
}

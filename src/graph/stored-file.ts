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
  /** SHA-256 of the files whose rows it took over as they were, in their order, where it was put together of some. */
  readonly merged?: readonly string[];
  /** What it was made from; only of models that are built in parts. */
  readonly made?: MadeFrom;
}

/** What a part of a model was made from: parts made from the same are the same. */
export interface MadeFrom {
  /** Hash of everything that decides about its rows beside what follows. */
  readonly context: string;
  /** The files of inputs that it was made from, by their `fileIds`, sorted. */
  readonly from: readonly string[];
  /** Numbers of the intervals it holds, the end excluded; only of interval models. */
  readonly span?: readonly [start: number, end: number];
}

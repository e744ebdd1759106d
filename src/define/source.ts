import type { CheckSpec } from "./check-spec.ts";
import type { Columns } from "./column.ts";
import type { MonitorSettings } from "./monitors.ts";

export type FileFormat = "csv" | "ndjson" | "json" | "parquet";

/** How files are read. What is not said is found out: the format from the name, the delimiter from the content. */
export interface FileOptions {
  /** By default from the file name: `.csv`, `.tsv`, `.ndjson`, `.jsonl`, `.json`, `.parquet`, each also with `.gz`. */
  readonly format?: FileFormat;
  /** Text encoding: `utf-8` (default), `utf-16` or `latin-1`. CSV and NDJSON only. */
  readonly encoding?: "utf-8" | "utf-16" | "latin-1";
  /** CSV: the character between fields. By default found out from the header line. */
  readonly delimiter?: string;
  /** JSON: path to the array of records inside each document, such as `$.data.children[*].data`. */
  readonly records?: string;
  /** What a file that disappears means: its rows go too (`remove`, default) or stay (`keep`). */
  readonly onRemoved?: "remove" | "keep";
}

/** Raw data that lies in files. */
export interface FilesOrigin extends FileOptions {
  readonly kind: "files";
  readonly patterns: readonly string[];
}

/** Where a generator left off, and the records it just fetched. */
export interface Batch {
  readonly records: readonly unknown[];
  /** Any JSON value; handed back on the next run. Saved only when the batch was published. */
  readonly cursor: unknown;
}

export interface GeneratorContext {
  /** What the last published batch left; `undefined` on the first run. */
  readonly cursor: unknown;
  /** The project's directory, absolute. */
  readonly directory: string;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** Raw data that code fetches, such as from an HTTP API. */
export interface GeneratorOrigin {
  readonly kind: "generator";
  readonly batches: (context: GeneratorContext) => AsyncIterable<Batch>;
}

export type Origin = FilesOrigin | GeneratorOrigin;

/** Raw data in files: `files("landing/slack/**\/*.json")`. Patterns are relative to the project. */
export function files(patterns: string | readonly string[], options: FileOptions = {}): FilesOrigin {
  return Object.freeze({
    kind: "files" as const,
    patterns: typeof patterns === "string" ? [patterns] : patterns,
    ...options,
  });
}

/** Raw data from an async generator of batches, each with the cursor to go on from. */
export function generator(batches: (context: GeneratorContext) => AsyncIterable<Batch>): GeneratorOrigin {
  return Object.freeze({ kind: "generator" as const, batches });
}

/** Limits on the share (0 to 1) of a delivery's records that the contract may refuse. */
export interface QuarantineLimits {
  /** Above this share the run warns. Default 0. */
  readonly warn?: number;
  /** Above this share nothing of the delivery is published. Default 0.05. */
  readonly stop?: number;
}

/** How old the newest delivery may get, as a duration such as `"6h"` or `"2d"`. */
export interface FreshnessLimits {
  readonly warn?: string;
  readonly stop?: string;
}

export interface SourceOptions<C extends Columns> {
  readonly description?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly story?: string;
  /** The name the dataset had before, such as `"raw.chat"`: its history goes on under the new name. */
  readonly renamedFrom?: string;
  readonly from: Origin;
  /** The contract. Left out where a document says it. */
  readonly columns?: C;
  /**
   * A document of ODCS that is the contract, such as `"contracts/orders.odcs.yaml"`: columns, checks, and what it says of
   * owner, description and freshness. Relative to the project; of several tables the one that is called as the source.
   */
  readonly contract?: string;
  readonly checks?: readonly CheckSpec<keyof NoInfer<C> & string>[];
  /** What its monitors do; they warn by default. */
  readonly monitors?: MonitorSettings;
  readonly quarantine?: QuarantineLimits;
  readonly freshness?: FreshnessLimits;
  /** Values that mean null in every column that says nothing else, such as `"N/A"` or `-999`. */
  readonly missing?: readonly (string | number)[];
  /** What an ODCS document said that Sluice has no word for; `sluice contract export` says it again. */
  readonly odcs?: Readonly<Record<string, unknown>>;
}

/** Raw data crossing the border: where it comes from, its contract, its freshness. */
export interface Source<C extends Columns = Columns> extends SourceOptions<C> {
  readonly kind: "source";
}

/** Define a source. Its name comes from the file's path: `sources/raw/slack.ts` is `raw.slack`. */
export function source<C extends Columns>(options: SourceOptions<C>): Source<C> {
  return Object.freeze({ kind: "source" as const, ...options });
}

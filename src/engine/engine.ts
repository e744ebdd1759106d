/**
 * Compute: SQL over files, with the results written by the engine itself. This port never decides what
 * is good or published; it builds, counts and answers, and reports what it did.
 */
import type { FileProblem, LandingFile, RecordCounts } from "../graph/delivery.ts";
import type { ColumnStatistics, TableColumn } from "../graph/table-column.ts";
import type { CheckAnswer, CheckQuestion } from "../quality/questions.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { FileOptions } from "../define/source.ts";

/** A dataset as the engine sees it: a name and the Parquet files behind it. */
export interface InputTable {
  /** `schema.name` */
  readonly name: string;
  /** Absolute paths. Empty means a table with no rows, shaped by `columns`. */
  readonly files: readonly string[];
  readonly columns: readonly TableColumn[];
}

/** A file that the engine wrote and nobody else has seen. */
export interface WrittenFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ColumnStatistics[];
}

export interface BuildRequest {
  readonly sql: string;
  readonly inputs: readonly InputTable[];
  /** Output columns with the engine type each is cast to. */
  readonly columns: readonly TableColumn[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Absolute path of the Parquet file to write. */
  readonly output: string;
}

export interface IngestRequest {
  readonly files: readonly LandingFile[];
  readonly options: FileOptions;
  readonly columns: readonly (TableColumn & { readonly spec: ColumnSpec })[];
  /** Accepted rows that are kept from before (absolute paths): a key may not be in them already. */
  readonly existing: readonly string[];
  /** Directory for `accepted-*.parquet` and `quarantine-*.parquet`. */
  readonly directory: string;
}

export interface IngestResult {
  readonly accepted: readonly WrittenFile[];
  readonly quarantine: readonly WrittenFile[];
  readonly counts: RecordCounts;
  /** By landing file name. */
  readonly countsByFile: Readonly<Record<string, RecordCounts>>;
  /** Most frequent reasons for refusal, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly records: number }[];
  readonly problems: readonly FileProblem[];
}

/** Hidden columns of every source: which landing file a row came from. */
export const sourceFileColumn = "sluice_file";

/** Columns of a quarantine file, in order. */
export const quarantineColumns = [
  { name: "file", engineType: "VARCHAR" },
  /** Line (CSV, NDJSON) or record number (JSON, Parquet, generators) in the file, from 1. */
  { name: "position", engineType: "BIGINT" },
  /** `quarantined` or `rejected` */
  { name: "outcome", engineType: "VARCHAR" },
  { name: "reasons", engineType: "VARCHAR[]" },
  /** The record as it came: the line, or the record as JSON. */
  { name: "raw", engineType: "VARCHAR" },
] as const;

export interface QueryResult {
  readonly columns: readonly TableColumn[];
  readonly rows: AsyncIterable<readonly (readonly unknown[])[]>;
}

export interface EngineSession extends AsyncDisposable {
  /** Read landing files through their contract. Errors: `file-unreadable`, `disk-full`, `accounting-broken`. */
  ingest(request: IngestRequest): Promise<IngestResult>;
  /** Run one query and write its rows to one Parquet file. Errors: `build-failed`, `disk-full`. */
  build(request: BuildRequest): Promise<WrittenFile>;
  /** Write rows made in JavaScript to one Parquet file. */
  write(
    rows: AsyncIterable<Record<string, unknown>> | Iterable<Record<string, unknown>>,
    columns: readonly TableColumn[],
    output: string,
  ): Promise<WrittenFile>;
  /** Copy the rows of source files whose landing file is not in `without`. */
  rewrite(
    files: readonly string[],
    without: readonly string[],
    column: string,
    output: string,
  ): Promise<WrittenFile>;
  /** Answer questions about a table in as few scans as possible. */
  ask(
    table: InputTable,
    questions: readonly CheckQuestion[],
    others: readonly InputTable[],
  ): Promise<readonly CheckAnswer[]>;
  /** Whether two sets of files hold the same rows, in any order. */
  sameRows(a: InputTable, b: InputTable): Promise<boolean>;
  /** Stop what is running now; it fails with `interrupted`. */
  interrupt(): void;
  /** Rows of a table, for TypeScript models. */
  rows(table: InputTable): AsyncIterable<Record<string, unknown>>;
}

export interface SessionOptions {
  /** Bytes the engine may use before it spills. */
  readonly memory: number;
  readonly threads: number;
  /** Directory for spilling. */
  readonly temporary: string;
}

export interface Engine {
  /** Name and major version; part of build keys. */
  readonly version: string;
  open(options: SessionOptions): Promise<EngineSession>;
  /** Answer SQL typed by people: only `tables` exist; no files, network or settings. Errors: `bad-query`, `query-limit`. */
  query(
    sql: string,
    tables: readonly InputTable[],
    limits: { readonly memory: number; readonly threads: number; readonly signal?: AbortSignal },
  ): Promise<QueryResult>;
  /** Datasets a query refers to, without running it. */
  references(sql: string): Promise<readonly string[]>;
}

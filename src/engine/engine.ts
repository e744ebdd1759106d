/**
 * Compute: SQL over files, with the results written by the engine itself. This port never decides what
 * is good or published; it builds, counts and answers, and reports what it did.
 */
import type { Grain } from "../define/materialization.ts";
import type { Span } from "../graph/intervals.ts";
import type { FileProblem, LandingFile, RecordCounts } from "../graph/delivery.ts";
import type { ColumnStatistics, TableColumn } from "../graph/table-column.ts";
import type { SampledColumn } from "../quality/monitors/profile-sample.ts";
import type { KnownTable } from "../quality/prove.ts";
import type { CheckAnswer, CheckQuestion } from "../quality/questions.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { FileOptions } from "../define/source.ts";

/** A dataset as the engine sees it: a name and the Parquet files behind it, or a query. */
export interface InputTable {
  /** `schema.name` */
  readonly name: string;
  /** Absolute paths. Empty means a table with no rows, shaped by `columns`, unless it is a view. */
  readonly files: readonly string[];
  /** By path of a file: that of the positions (`row`, from 0) of its rows that are left out. */
  readonly fallen?: Readonly<Record<string, string>>;
  /** By path of a file: the landing files whose rows in it are left out. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
  readonly columns: readonly TableColumn[];
  readonly view?: InputView;
}

/** What a table without files is instead: a query that is asked whenever the table is read. */
export interface InputView {
  /** Two tables whose views have the same id are the same view. */
  readonly id: string;
  readonly sql: string;
  /** The tables that the query names. They exist for it alone: elsewhere the same names may mean others. */
  readonly inputs: readonly InputTable[];
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

/** What to look at to learn in which intervals a file has rows. */
export interface SurveyRequest {
  readonly table: InputTable;
  /** A column of dates or times. */
  readonly time: string;
  readonly grain: Grain;
  /** Of a source: landing files that it no longer has rows of. Only where rows of these were is looked at. */
  readonly gone?: readonly string[];
}

export interface Survey {
  /** Numbers of intervals, in order, and how many rows each has. */
  readonly intervals: readonly number[];
  readonly counts: readonly number[];
  /** Rows whose time is null or infinite. */
  readonly without: number;
  /** Where something is `gone`: the numbers of the intervals that it had rows in, in order. */
  readonly gone?: readonly number[];
}

/** A query to be run interval by interval; see `Materialized`. */
export interface IntervalsRequest {
  readonly sql: string;
  readonly inputs: readonly InputTable[];
  readonly columns: readonly TableColumn[];
  readonly by: string;
  readonly grain: Grain;
  readonly lookback: number;
  /** The time columns of inputs that are read by intervals, by their names. */
  readonly times: Readonly<Record<string, string>>;
  readonly runs: readonly IntervalRun[];
  /** A run is divided so that each of its files has at least so many rows. */
  readonly rowsPerFile: number;
  /** Absolute path of the directory to write to. */
  readonly directory: string;
}

/** Intervals that follow each other in one file, or in several. */
export interface IntervalRun {
  readonly span: Span;
  /** Those to be built, in order. */
  readonly intervals: readonly number[];
  /** Those that have no rows any more. */
  readonly gone: readonly number[];
  /** Absolute path of the file with the rows of all others; the run stays one file then. */
  readonly keep?: string;
}

export interface IntervalFile extends WrittenFile {
  /** Place of its run. */
  readonly run: number;
  readonly span: Span;
}

/** A file of rows that are kept by key, no key twice, and which of them no longer stand. */
export interface UpsertPart {
  /** Absolute path. */
  readonly file: string;
  /** Path of the positions (`row`, from 0) of its rows that no longer stand. */
  readonly fallen?: string;
}

/**
 * Bring what is kept by key up to date. The query's rows are changes; of each key stands the row with the greatest
 * `order`, then the greatest in all other columns, in their order. Null comes before everything.
 */
export interface UpsertRequest {
  readonly sql: string;
  /** Every input but the one whose rows come and go. */
  readonly inputs: readonly InputTable[];
  /** Output columns with the engine type each is cast to. */
  readonly columns: readonly TableColumn[];
  /** Names of output columns. */
  readonly key: readonly string[];
  readonly order: string;
  /** True in a row that says that its key is gone. */
  readonly deleted?: string;
  /**
   * The input whose rows come and go, under one name: all of it, and what is added and removed since the parts were
   * made. All of it is read only where there are no parts, or something is removed.
   */
  readonly over: { readonly all: InputTable; readonly added: InputTable; readonly removed: InputTable };
  /** What is kept: rows that stand, and rows that say that their keys are gone. Empty: everything is built. */
  readonly parts: readonly UpsertPart[];
  /** Directory to write to; it is there. */
  readonly directory: string;
}

export interface UpsertResult {
  /** Rows that stand and are in no part yet; absent where there are none. */
  readonly rows?: WrittenFile;
  /** Rows that say that their keys are gone and are in no part yet. */
  readonly tombstones?: WrittenFile;
  /** For each part of which more rows fell: the positions of all that did. */
  readonly fallen: readonly { readonly part: number; readonly positions: WrittenFile }[];
}

export interface IngestRequest {
  readonly files: readonly LandingFile[];
  readonly options: FileOptions;
  readonly columns: readonly (TableColumn & { readonly spec: ColumnSpec })[];
  /** The contract was read through before, so that it is known to be understood. */
  readonly tried?: boolean;
  /** Accepted rows that are kept from before: a key may not be in them already. */
  readonly existing: Pick<InputTable, "files" | "without">;
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

/** What to compare of two tables. */
export interface CompareRequest {
  readonly a: InputTable;
  readonly b: InputTable;
  /** Columns that both have, by name, with their types on both sides. */
  readonly columns: readonly ComparedColumn[];
  /** Names of `columns` that tell a row from every other; none to compare rows as wholes. */
  readonly key: readonly string[];
  /** Pairs of a column that only `a` has and one that only `b` has: perhaps the same under another name. */
  readonly renames: readonly { readonly a: string; readonly b: string }[];
  /** How many rows of each kind to show. */
  readonly samples: number;
  /** Names of `columns` whose values may be shown; others never leave the engine. */
  readonly shown: readonly string[];
}

/** A column of two tables. Types that are not alike are compared as text. */
export interface ComparedColumn {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

/** How two tables differ. Rows whose key repeats are in `repeated` and nowhere else. */
export interface TableComparison {
  /** Rows only `b` has, rows only `a` has, and rows of both whose values differ (none without a key). */
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** With a key: rows of one key on both sides. */
  readonly matched: number;
  /** Rows whose key is null or has a null in it. */
  readonly nullKeys: { readonly a: number; readonly b: number };
  /** Keys that more than one row of a side has, their rows, and how many of those keys have other rows in `b`. */
  readonly repeated: {
    readonly keys: number;
    readonly a: number;
    readonly b: number;
    readonly different: number;
  };
  /** With a key: how many matched rows have another value, for each column beside the key that has any. */
  readonly values: Readonly<Record<string, number>>;
  /** Estimated distinct values, for each column; only without a key. */
  readonly distinct: Readonly<Record<string, { readonly a: number; readonly b: number }>>;
  /** Those of the request's pairs that hold the same values. */
  readonly renamed: readonly { readonly a: string; readonly b: string }[];
  readonly sample: {
    readonly added: readonly SampledRow[];
    readonly removed: readonly SampledRow[];
    readonly changed: readonly ChangedRow[];
  };
}

/** Values of shown columns. `times` is how often the row is too many, where rows are compared as wholes. */
export interface SampledRow {
  readonly row: Readonly<Record<string, unknown>>;
  readonly times?: number;
}

export interface ChangedRow {
  /** The key's shown columns. */
  readonly key: Readonly<Record<string, unknown>>;
  /** What changed: old and new value; neither where the column is not shown. */
  readonly values: Readonly<Record<string, { readonly a?: unknown; readonly b?: unknown }>>;
}

/** Which rows to look at: some that are spread evenly over these files, as many as an engine deems cheap. */
export interface SampleRequest {
  readonly files: readonly {
    /** Absolute path of a Parquet file. */
    readonly path: string;
    readonly rows: number;
    /** Path of the positions (`row`, from 0) of its rows that are left out. */
    readonly fallen?: string | undefined;
    /** Landing files whose rows are left out. */
    readonly without?: readonly string[] | undefined;
  }[];
  readonly columns: readonly TableColumn[];
}

export interface QueryResult {
  readonly columns: readonly TableColumn[];
  readonly rows: AsyncIterable<readonly (readonly unknown[])[]>;
}

export interface EngineSession extends AsyncDisposable {
  /** How many bytes of files the next work reads, so that little of it does not wait for many threads. Unsaid, it may be much. */
  expect(bytes: number): Promise<void>;
  /** Read landing files through their contract. Errors: `file-unreadable`, `disk-full`, `accounting-broken`. */
  ingest(request: IngestRequest): Promise<IngestResult>;
  /** Run one query and write its rows to one Parquet file. Errors: `build-failed`, `disk-full`. */
  build(request: BuildRequest): Promise<WrittenFile>;
  /** In which intervals of time a file has rows. Errors: `build-failed`. */
  survey(request: SurveyRequest): Promise<Survey>;
  /**
   * Run a query once for each of some intervals, and write what belongs to each. Errors: `build-failed`, also for rows
   * that belong to no interval; `disk-full`.
   */
  buildIntervals(request: IntervalsRequest): Promise<readonly IntervalFile[]>;
  /** Bring what is kept by key up to date. Errors: `build-failed` (also for rows without a key), `disk-full`. */
  upsert(request: UpsertRequest): Promise<UpsertResult>;
  /** Write rows made in JavaScript to one Parquet file. */
  write(
    rows: AsyncIterable<Record<string, unknown>> | Iterable<Record<string, unknown>>,
    columns: readonly TableColumn[],
    output: string,
  ): Promise<WrittenFile>;
  /** How many rows of a source file come from each of some landing files; those that none comes from are not named. */
  rowsFrom(file: string, landingFiles: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Copy the rows of source files whose landing file is not in `without`. */
  rewrite(
    files: readonly string[],
    without: readonly string[],
    column: string,
    output: string,
  ): Promise<WrittenFile>;
  /**
   * Answer questions about a table in as few scans as possible. `before`: more rows of the same table, of which it is
   * known that nothing offends among them; only what new rows do is told then, and not of how many. `known`: what the
   * statistics of the write say of the table, or of all that it is a part of.
   */
  ask(
    table: InputTable,
    questions: readonly CheckQuestion[],
    others: readonly InputTable[],
    before?: InputTable,
    known?: KnownTable,
  ): Promise<readonly CheckAnswer[]>;
  /**
   * Values of some rows, column by column: the same rows whenever files are the same. Numbers, dates and times come as
   * numbers, everything else as text that is cut. Errors: `build-failed`.
   */
  sample(request: SampleRequest): Promise<readonly SampledColumn[]>;
  /** Whether two sets of files hold the same rows, in any order. */
  sameRows(a: InputTable, b: InputTable): Promise<boolean>;
  /** How two tables differ, row by row. Errors: `build-failed`, `storage-damaged`, `disk-full`, `interrupted`. */
  compare(request: CompareRequest): Promise<TableComparison>;
  /**
   * Which of these columns are the same in two tables of as many rows. Rows are matched by the columns `by`,
   * which are a key, or by their order where there are none.
   */
  sameColumns(
    a: InputTable,
    b: InputTable,
    columns: readonly string[],
    by: readonly string[],
  ): Promise<readonly string[]>;
  /** Whether it can be asked any more. After some mistakes of its own an engine answers nothing; then another is opened. */
  isUsable(): Promise<boolean>;
  /** An error of the engine by a mistake of its own as `build-failed`, which says so; every other as it is. */
  explain(error: unknown): unknown;
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

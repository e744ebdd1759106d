/**
 * Where work runs. A piece of work is a JSON document; a worker does it with an engine and a storage and
 * answers with another. An executor may lose a worker at any time and says so; it never retries, judges
 * or publishes.
 */
import type { FileProblem, LandingFile, RecordCounts } from "../graph/delivery.ts";
import type { KeptFile, StoredFile } from "../graph/stored-file.ts";
import type { ColumnStatistics, TableColumn } from "../graph/table-column.ts";
import type { Grain } from "../define/materialization.ts";
import type { Span } from "../graph/intervals.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { FileOptions } from "../define/source.ts";
import type { Profile, ProfiledColumn } from "../graph/profile.ts";
import type { Counted } from "../quality/audited-before.ts";
import type { KnownTable } from "../quality/prove.ts";
import type { CheckAnswer, CheckQuestion } from "../quality/questions.ts";

/** A stored file as an input: its key, and the landing files whose rows must not be taken over. */
export interface KeptPart {
  readonly file: StoredFile;
  readonly without: readonly string[];
}

/** An input dataset as pinned by the run: kept files, resolved to paths by whoever reads them, or a query. */
export interface PinnedTable {
  readonly name: string;
  readonly files: readonly KeptFile[];
  readonly columns: readonly TableColumn[];
  readonly view?: PinnedView;
}

/** What a view is instead of files. */
export interface PinnedView {
  /** Of its version. */
  readonly id: string;
  readonly sql: string;
  /** The versions it was made over, under the names that its query has for them. */
  readonly inputs: readonly PinnedTable[];
}

/** What a profile is to be about. */
export interface WantedProfile {
  readonly columns: readonly ProfiledColumn[];
  /** All files, or only those that come with this work: the others are known. */
  readonly of: "all" | "new";
  /** ML models whose predictions are there, with what to ask about them; answered for all of these rows. */
  readonly models: readonly { readonly consumer: string; readonly questions: readonly CheckQuestion[] }[];
}

interface WorkSettings {
  readonly dataset: string;
  /** Unique to this attempt; names its staging directory. */
  readonly attempt: string;
  /** Prefix of the keys of what is kept, such as `raw.slack/0b5c…`. */
  readonly keyPrefix: string;
  readonly questions: readonly CheckQuestion[];
  /** What to find out of how the rows look; absent where nobody wants to know. */
  readonly profile?: WantedProfile;
  /** Other datasets that questions refer to. */
  readonly others: readonly PinnedTable[];
}

/** Read landing files, or a generator, through the contract. */
export interface ReadWork extends WorkSettings {
  readonly kind: "read";
  readonly files: readonly LandingFile[];
  readonly options: FileOptions;
  readonly columns: readonly (TableColumn & { readonly spec: ColumnSpec })[];
  /** The version before was read through the same contract. */
  readonly tried: boolean;
  /** Parts of the version before, minus the landing files that changed or went away. */
  readonly keepAccepted: readonly KeptPart[];
  readonly keepQuarantine: readonly KeptPart[];
  readonly previous?: PreviousVersion;
  readonly comparison?: ColumnComparison;
  readonly generator?: {
    /** Absolute path of the definition. */
    readonly module: string;
    readonly cursor: unknown;
    readonly directory: string;
    /** Raw records of earlier batches to read again (the contract changed). */
    readonly raw: readonly StoredFile[];
    /** Ask for what came after the cursor; without it, only the kept records are read again. */
    readonly fetch: boolean;
  };
}

/** Run one query. */
export interface BuildWork extends WorkSettings {
  readonly kind: "build";
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputs: readonly PinnedTable[];
  readonly columns: readonly TableColumn[];
  /** The version this one replaces: equal rows are not kept twice. */
  readonly previous?: PreviousVersion;
  readonly comparison?: ColumnComparison;
  readonly ordered: boolean;
}

/** Compute rows with a TypeScript model. */
export interface ComputeWork extends WorkSettings {
  readonly kind: "compute";
  /** Absolute path of the definition. */
  readonly module: string;
  readonly aliases: Readonly<Record<string, string>>;
  readonly inputs: readonly PinnedTable[];
  readonly columns: readonly TableColumn[];
  readonly previous?: PreviousVersion;
  readonly comparison?: ColumnComparison;
}

/** Ask questions of files that are kept already. */
export interface AuditWork extends WorkSettings {
  readonly kind: "audit";
  readonly table: PinnedTable;
  /** Whether the table has the same rows as this one, in any order, is asked as well. */
  readonly other?: PinnedTable;
  /** Of the whole table, where they are known: they answer some questions for nothing. */
  readonly statistics?: KnownTable;
  /** For a profile: the files it is about, with the rows that each has. */
  readonly profiled?: readonly StoredFile[];
  /** Files of the table of which it is known that nothing in them offends these questions, but for what was counted. */
  readonly clean?: {
    readonly keys: readonly string[];
    readonly questions: readonly string[];
    /** Questions about uniqueness in which no row of other files can be like one of these. */
    readonly apart: readonly string[];
    readonly counted?: Readonly<Record<string, Counted>>;
  };
}

/** Look in which intervals of time tables have rows. */
export interface SurveyWork extends WorkSettings {
  readonly kind: "survey";
  readonly grain: Grain;
  /** Each with its column of times. `gone`: only where rows of these landing files were is looked at. */
  readonly tables: readonly {
    readonly table: PinnedTable;
    readonly time: string;
    readonly gone?: readonly string[];
  }[];
}

/** Run one query for each of some intervals. */
export interface IntervalsWork extends WorkSettings {
  readonly kind: "intervals";
  readonly sql: string;
  readonly inputs: readonly PinnedTable[];
  readonly columns: readonly TableColumn[];
  readonly by: string;
  readonly grain: Grain;
  readonly lookback: number;
  /** The time columns of inputs that are read by intervals, by dataset. */
  readonly times: Readonly<Record<string, string>>;
  readonly rowsPerFile: number;
  readonly runs: readonly {
    readonly span: Span;
    readonly intervals: readonly number[];
    readonly gone: readonly number[];
    /** The part that the rows of all other intervals of the span come from. */
    readonly part?: StoredFile;
  }[];
}

/** Bring what is kept by key up to date; the result's files are all of it. */
export interface UpsertWork extends WorkSettings {
  readonly kind: "upsert";
  readonly sql: string;
  /** Every input but the one whose rows come and go. */
  readonly inputs: readonly PinnedTable[];
  readonly columns: readonly TableColumn[];
  readonly key: readonly string[];
  readonly order: string;
  readonly deleted?: string;
  /** The input whose rows come and go: all of it, and what came and went since the parts were made. */
  readonly over: { readonly all: PinnedTable; readonly added: PinnedTable; readonly removed: PinnedTable };
  /** What is kept, in its order of age; none: everything is built. */
  readonly parts: readonly StoredFile[];
}

/** Put kept files together, row after row. */
export interface MergeWork extends WorkSettings {
  readonly kind: "merge";
  readonly files: readonly StoredFile[];
}

export interface PreviousVersion {
  readonly files: readonly StoredFile[];
  readonly rows: number;
  readonly columns: readonly ColumnStatistics[];
}

/** Columns worth comparing with the version before: somebody reads some of them, and not all. */
export interface ColumnComparison {
  /** Content hash of the version before. */
  readonly content: string;
  readonly columns: readonly string[];
  /** The key by which rows are matched; none: by their order. */
  readonly by: readonly string[];
}

export type Work =
  | ReadWork
  | BuildWork
  | ComputeWork
  | AuditWork
  | SurveyWork
  | IntervalsWork
  | UpsertWork
  | MergeWork;

export interface WorkResult {
  /** The candidate is equal to the previous version, row for row; nothing was kept. */
  readonly same: boolean;
  readonly files: readonly StoredFile[];
  readonly columns: readonly ColumnStatistics[];
  readonly rows: number;
  readonly answers: readonly CheckAnswer[];
  /** Of the rows that were asked for. */
  readonly profile?: Profile;
  readonly read?: ReadReport;
  /**
   * Of a survey: of each table, the numbers of the intervals it has rows in and how many, and how many have no time. Where
   * something is gone: only of the intervals that it had rows in, which are in `gone`, and perhaps of some others.
   */
  readonly surveys?: readonly {
    readonly intervals: readonly number[];
    readonly counts: readonly number[];
    readonly without: number;
    readonly gone?: readonly number[];
  }[];
  /** Of intervals: of each file, the place of its run and what it holds. */
  readonly spans?: readonly { readonly run: number; readonly span: Span }[];
}

export interface ReadReport {
  readonly quarantine: readonly StoredFile[];
  /** Of the files read now. */
  readonly counts: RecordCounts;
  readonly countsByFile: Readonly<Record<string, RecordCounts>>;
  readonly reasons: readonly { readonly reason: string; readonly records: number }[];
  readonly problems: readonly FileProblem[];
  readonly generator?: {
    readonly cursor: unknown;
    readonly raw: readonly StoredFile[];
    readonly files: readonly LandingFile[];
  };
}

export interface WorkProgress {
  readonly phase: "fetching" | "reading" | "building" | "auditing" | "keeping";
  readonly rows?: number;
}

export interface Executor {
  /** How many pieces of work run at once. */
  readonly slots: number;
  /** Get ready for work that will probably come. */
  warm(): void;
  /** What is to be done is done: workers end. Should more come all the same, others begin. */
  cool(): void;
  /**
   * Do one piece of work. Errors: whatever the work raises, with its code; `worker-died` when the worker
   * went away; `interrupted` when the signal fired.
   */
  run(
    work: Work,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: WorkProgress) => void },
  ): Promise<WorkResult>;
  close(): Promise<void>;
}

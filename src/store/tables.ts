import type { ReleaseKind, RunState } from "./store.ts";

/** The tables of the state as Kysely sees them. Documents are JSON text; large ones are compressed bytes. */
export interface Tables {
  environments: EnvironmentsTable;
  releases: ReleasesTable;
  release_pointers: ReleasePointersTable;
  pointers: PointersTable;
  versions: VersionsTable;
  manifests: ManifestsTable;
  builds: BuildsTable;
  audits: AuditsTable;
  parts: PartsTable;
  graphs: GraphsTable;
  runs: RunsTable;
  events: EventsTable;
  counters: CountersTable;
  settled: SettledTable;
  legal_holds: LegalHoldsTable;
  pins: PinsTable;
  incidents: IncidentsTable;
  profiles: ProfilesTable;
  measures: MeasuresTable;
  feedback: FeedbackTable;
  hooks: HooksTable;
  deliveries: DeliveriesTable;
}

export interface EnvironmentsTable {
  name: string;
  /** The current release; 0 before the first. */
  release: number;
  epoch: number;
  /** Signs of life of holders; it only grows. */
  beat: number;
  /** JSON of the holder; null while nobody holds the lease. */
  holder: string | null;
  /** JSON of everything held now, by dataset. */
  held: string;
}

export interface ReleasesTable {
  environment: string;
  number: number;
  kind: ReleaseKind;
  at: string;
  who: string;
  why: string;
  run_id: string | null;
  graph_hash: string;
  /** Where the pointers came from, such as `dev@12`. */
  origin: string | null;
  /** JSON of everything held after this release, by dataset. */
  held: string;
  /** The newest release up to this one whose rows list every pointer of the environment. */
  full_number: number;
  /** Rows of `release_pointers` written after that one, up to this release. */
  trail: number;
}

/**
 * What releases say about pointers, in the order in which it was said, so that a publication appends to
 * one place. The pointers at any release are the rows from its full release up to it, the last one winning.
 */
export interface ReleasePointersTable {
  environment: string;
  number: number;
  dataset: string;
  /** null: dropped. */
  version: string | null;
  /** 1 where the release moved the pointer, 0 where a full release repeats it. */
  moved: number;
}

export interface PointersTable {
  environment: string;
  dataset: string;
  version: string;
}

export interface VersionsTable {
  id: string;
  dataset: string;
  build_key: string;
  fingerprint: string;
  content_hash: string;
  row_count: number;
  byte_count: number;
  columns: string;
  files: string;
  quarantine: string;
  counts: string | null;
  inputs: string;
  times: string | null;
  created_at: string;
  run_id: string;
  elapsed: number;
  /** SQL of a view; null for what has files. */
  query: string | null;
  /** When its files were let go; null while they are there. */
  gone: string | null;
}

export interface ManifestsTable {
  version: string;
  document: Uint8Array;
}

/** Every build key that leads to a version: its own, and those found to give the same content. */
export interface BuildsTable {
  build_key: string;
  version: string;
}

export interface AuditsTable {
  version: string;
  audit_fingerprint: string;
  verdict: string;
}

/** The ledger: parts of versions that may still be on their way. */
export interface PartsTable {
  key: string;
  context: string;
  dataset: string;
  file: string;
  created_at: string;
  run_id: string;
}

export interface GraphsTable {
  hash: string;
  document: Uint8Array;
}

export interface RunsTable {
  id: string;
  /** The order in which runs began. */
  number: number;
  environment: string;
  state: RunState;
  epoch: number;
  base: number;
  graph_hash: string;
  started_at: string;
  ended_at: string | null;
  release: number | null;
  /** JSON of who asked for what; null in records of the first schemas. */
  request: string | null;
  planned: number;
  finished: number;
  /** Why it published nothing. */
  reason: string | null;
  /** JSON of who asked it to stop. */
  cancellation: string | null;
}

export interface EventsTable {
  sequence: number;
  type: string;
  at: string;
  environment: string | null;
  run_id: string | null;
  dataset: string | null;
  data: string;
}

/** The last number given out, so that a number taken by a transaction that fails is given out again. */
export interface CountersTable {
  name: "events" | "runs" | "incidents";
  value: number;
}

export interface SettledTable {
  environment: string;
  document: string;
}

export interface LegalHoldsTable {
  id: string;
  /** JSON of what it keeps. */
  target: string;
  at: string;
  who: string;
  why: string;
}

export interface ProfilesTable {
  version: string;
  document: Uint8Array;
}

/** What monitors measured, release by release. */
export interface MeasuresTable {
  environment: string;
  dataset: string;
  number: number;
  version: string;
  at: string;
  definition: string;
  /** JSON of the measures. */
  measured: string;
  /** JSON of the findings. */
  findings: string;
}

export interface FeedbackTable {
  environment: string;
  dataset: string;
  version: string;
  word: "expected" | "real";
  at: string;
  who: string;
  why: string;
}

export interface PinsTable {
  id: string;
  /** JSON of the reader. */
  holder: string;
  beat: number;
  /** JSON of what it reads. */
  targets: string;
}

/** Incidents as their events left them. */
export interface IncidentsTable {
  id: number;
  environment: string;
  /** The run that opened it, found it again or resolved it last; null where that was none. */
  run_id: string | null;
  /** 1 once it is resolved. */
  resolved: number;
  document: string;
}

/** How far each hook has read the log of events. */
export interface HooksTable {
  name: string;
  /** The last event that was looked at. */
  after: number;
}

/** Events that hooks were not told of yet. */
export interface DeliveriesTable {
  hook: string;
  sequence: number;
  attempts: number;
  due_at: string;
  problem: string | null;
  given_up: number;
}

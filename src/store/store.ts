/**
 * Truth: versions, environments, releases, runs, events, leases. Every fact that must survive or must be
 * agreed on lives here, in SQL. It holds no bytes of data, reads no clock (times are arguments, ISO 8601 in
 * UTC) and decides nothing but order: who holds a lease, and whether a release still fits its base.
 */
import type { Incident, IncidentChange } from "../flow/incident.ts";
import type { Observation } from "../flow/observation.ts";
import type { RecordCounts } from "../graph/delivery.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { BuildRecord } from "../plan/estimate.ts";
import type { Profile } from "../graph/profile.ts";
import type { Event, NewEvent } from "../flow/event.ts";
import type { DeliveryOutcome, HookDelivery, Subscription } from "../flow/hook-delivery.ts";
import type { MonitorFeedback, MonitorPoint, PublishedMeasures } from "../quality/monitors/monitor-point.ts";
import type { Verdict } from "../quality/verdict.ts";
import type { MadeFrom, StoredFile } from "../graph/stored-file.ts";
import type { Held, Pointer, Version } from "../graph/version.ts";

/** The outcome of auditing one version with one set of checks. */
export interface Audit {
  readonly version: string;
  readonly auditFingerprint: string;
  readonly verdict: Verdict;
}

export type ReleaseKind = "publish" | "promote" | "rollback";

export interface Release {
  readonly environment: string;
  /** Counts from 1 in each environment. */
  readonly number: number;
  readonly kind: ReleaseKind;
  readonly at: string;
  readonly who: string;
  readonly why: string;
  readonly runId?: string;
  readonly graphHash: string;
  /** For a promotion or rollback: where the pointers came from, such as `dev@12`. */
  readonly from?: string;
  /** Datasets whose pointer this release moved, with the version they moved to (`null`: dropped). */
  readonly changes: Readonly<Record<DatasetId, string | null>>;
  readonly held: Readonly<Record<DatasetId, Held>>;
}

/** What a run, promotion or rollback wants to make true, all at once. */
export interface Publication {
  readonly environment: string;
  readonly kind: ReleaseKind;
  /** The release the work was based on; the publication is refused if the environment moved on. */
  readonly base: number;
  readonly at: string;
  readonly who: string;
  readonly why: string;
  readonly runId?: string;
  readonly graphHash: string;
  readonly from?: string;
  readonly changes: Readonly<Record<DatasetId, string | null>>;
  /** What was measured of datasets that the release moves. */
  readonly measures?: readonly PublishedMeasures[];
  /** All datasets held after this release. */
  readonly held: Readonly<Record<DatasetId, Held>>;
  readonly events: readonly NewEvent[];
  /** What was found on the way: incidents open, go on or are resolved in the same transaction. */
  readonly observation?: Observation;
}

/** What a rollback wants to make true: the pointers of an earlier release, as a new one. */
export interface Rollback extends Pick<Publication, "environment" | "base" | "at" | "who" | "why"> {
  /** The release to go back to. */
  readonly to: number;
  /** What readers see again by it. */
  readonly observation?: Observation | undefined;
}

/** A process, so that others on the machine can tell whether it still lives. */
export interface Holder {
  readonly host: string;
  /** Tells machines, and containers, of one name apart: process numbers mean the same only where it is the same. */
  readonly machine?: string;
  readonly pid: number;
  /** Tells two processes with one pid apart. */
  readonly started: string;
  readonly who: string;
}

/** The right to write to one environment. The epoch only grows; an old one is refused everywhere. */
export interface Lease {
  readonly environment: string;
  readonly epoch: number;
  readonly holder: Holder;
}

/** Who holds the lease of an environment now. */
export interface Holding {
  readonly holder: Holder;
  readonly epoch: number;
  /** Signs of life; it only grows. */
  readonly beat: number;
}

export type RunState = "running" | "published" | "unchanged" | "failed" | "interrupted" | "superseded";

/** Somebody asked a run to stop. */
export interface Cancellation {
  readonly at: string;
  readonly who: string;
  readonly why: string;
}

export interface RunRecord {
  readonly id: string;
  readonly environment: string;
  readonly state: RunState;
  readonly epoch: number;
  readonly base: number;
  readonly graphHash: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly release?: number;
  readonly who: string;
  readonly why: string;
  /** The selection it was limited to. */
  readonly select?: string;
  /** `good` publishes what passed and holds the rest, `all` publishes everything or nothing. */
  readonly publish: "good" | "all";
  /** The run behind whose finished stages it goes on. */
  readonly resumes?: string;
  /** What it promotes, such as `dev@12`. */
  readonly promotes?: string;
  /** How many stages its plan has, and how many of them are finished. */
  readonly planned: number;
  readonly finished: number;
  /** Why it published nothing, in words. */
  readonly reason?: string;
  readonly cancellation?: Cancellation;
}

/** What a run has to tell of itself since it told last. */
export interface RunNotes {
  /** How many more stages are finished. */
  readonly finished: number;
  readonly events: readonly NewEvent[];
}

/** How a run ended. */
export interface RunEnd {
  readonly state: RunState;
  readonly endedAt: string;
  readonly release?: number;
  readonly reason?: string;
  /** Where the next run would have nothing to do: recorded with the end, as `settle` does. */
  readonly settled?: Settled;
}

/** Proof that an environment needs nothing: while the key stays true, a run has nothing to do. */
export interface Settled {
  readonly environment: string;
  readonly release: number;
  /** Signature of the project's files. */
  readonly project: string;
  /** Patterns of landing files by source, and the signature of what they matched. */
  readonly patterns: readonly (readonly string[])[];
  readonly landing: string;
  /** All datasets of the project, and the records behind each source: what a run would report. */
  readonly datasets: readonly DatasetId[];
  readonly rows: Readonly<Record<DatasetId, RecordCounts>>;
  /** When the next source becomes too old (ISO 8601, UTC): then a run has something to say. */
  readonly until?: string;
}

/** A part of a version that may still be on its way, so that whoever builds it finds what is finished. */
export interface LedgerPart {
  /** Equal keys mean equal rows. */
  readonly key: string;
  readonly dataset: DatasetId;
  readonly file: StoredFile & { readonly made: MadeFrom };
  readonly at: string;
  readonly runId: string;
}

/** What a legal hold or a reader keeps: a release, everything of a dataset, or one version. */
export type KeptTarget =
  | { readonly environment: string; readonly release: number }
  | { readonly dataset: DatasetId }
  | { readonly version: string };

/** Somebody's word that data stays until it is taken back. */
export interface LegalHold {
  readonly id: string;
  readonly target: KeptTarget;
  readonly at: string;
  readonly who: string;
  readonly why: string;
}

/** What a reader keeps while it lives. */
export interface Pin {
  readonly id: string;
  readonly holder: Holder;
  /** Signs of life; it only grows. */
  readonly beat: number;
  readonly targets: readonly KeptTarget[];
}

/** What to let go of. */
export interface Collection {
  /** How many of the newest releases of each environment stay readable; at least 1. */
  readonly keep: number;
  readonly at: string;
  readonly isAlive: (holder: Holder, holding: Holding) => boolean;
  /** Whether a reader still lives; the pins of others are removed. */
  readonly isReading: (pin: Pin) => boolean;
  /** Without it, only what would be let go is told. */
  readonly apply: boolean;
}

export interface Collected {
  /** The versions that no kept release needs. */
  readonly versions: readonly {
    readonly id: string;
    readonly dataset: DatasetId;
    readonly bytes: number;
    readonly createdAt: string;
  }[];
  /** The keys in storage of everything that stays. */
  readonly keys: ReadonlySet<string>;
  /** How many versions stay only because of a legal hold, and how many only because somebody reads them. */
  readonly kept: { readonly held: number; readonly read: number };
}

/** A version, or a part of the ledger, whose files should be in storage. */
export interface Stored {
  readonly id: string;
  /** Whether it is a part of the ledger. */
  readonly part?: true;
  readonly dataset: DatasetId;
  readonly files: readonly StoredFile[];
  /** For a view: the versions that are read whenever it is. */
  readonly reads?: readonly string[];
}

/** A row of the state in the form in which it is copied: bytes as base64. */
export type StateRow = Readonly<Record<string, string | number | null>>;

/** Rows of one table, in the order of its key. */
export interface StateRows {
  readonly table: string;
  readonly rows: readonly StateRow[];
}

export interface StateReceiver {
  /** Called before the first rows, and again where everything has to be read anew. */
  start(state: { readonly schema: number }): Promise<void>;
  rows(rows: StateRows): Promise<void>;
}

export interface RunFilter {
  readonly environment?: string | undefined;
  readonly state?: RunState | undefined;
  /** The beginning of an id. */
  readonly id?: string | undefined;
}

export interface IncidentFilter {
  readonly environment?: string | undefined;
  /** Those that are not resolved. */
  readonly unresolved?: boolean | undefined;
  readonly id?: number | undefined;
  /** Those that a run opened, found again or resolved. */
  readonly runId?: string | undefined;
}

/** What a person does to an incident, and when. */
export interface IncidentAct {
  readonly change: Extract<IncidentChange, { readonly what: "acknowledged" | "assigned" | "resolved" }>;
  readonly at: string;
  readonly who: string;
}

export interface StoreReader {
  /** The environment's current release (0 before the first), or undefined where it does not exist. */
  environment(name: string): Promise<{ readonly name: string; readonly release: number } | undefined>;
  /** Undefined while nobody holds the lease. */
  holding(environment: string): Promise<Holding | undefined>;
  environments(): Promise<readonly { readonly name: string; readonly release: number }[]>;
  /** All pointers of an environment as of one release (default: the current one), read as one moment. */
  pointers(environment: string, release?: number): Promise<ReadonlyMap<DatasetId, Pointer>>;
  /** Everything held now, also what never had a good version and so has no pointer. */
  held(environment: string): Promise<Readonly<Record<DatasetId, Held>>>;
  /** Errors: `state-damaged` when an id is unknown. */
  versions(ids: readonly string[]): Promise<readonly Version[]>;
  /** Versions by build key, in any environment. */
  builds(keys: readonly string[]): Promise<ReadonlyMap<string, Version>>;
  audits(versions: readonly string[]): Promise<readonly Audit[]>;
  /** What the rows of versions look like; those that nobody looked at, or that were let go, are left out. */
  profiles(versions: readonly string[]): Promise<ReadonlyMap<string, Profile>>;
  /**
   * What monitors measured of datasets, by the names with which their histories began, in the newest releases of an
   * environment that moved them: at most `limit` of each, oldest first.
   */
  monitorPoints(
    environment: string,
    datasets: readonly DatasetId[],
    limit: number,
  ): Promise<ReadonlyMap<DatasetId, readonly MonitorPoint[]>>;
  /** What was said of versions in an environment. */
  monitorFeedback(environment: string): Promise<readonly MonitorFeedback[]>;
  /** Newest first. */
  releases(environment: string, limit: number): Promise<readonly Release[]>;
  release(environment: string, number: number): Promise<Release | undefined>;
  /** Hash of the project that a release pins, without what the release changed. */
  releasedGraph(environment: string, number: number): Promise<string | undefined>;
  /** The release that was current at a time. */
  releaseAt(environment: string, time: string): Promise<Release | undefined>;
  /** The release of an environment that first pointed to each version; versions it never pointed to are left out. */
  firstReleases(environment: string, versions: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * When versions of sources were last found to be what lies there: the number of the newest run that published each, in
   * any environment. Where only promotions did, of the first of them. Versions that none of them published are left out.
   */
  lastRead(versions: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What the newest builds of each dataset brought and took, newest first, at most `limit` of each. */
  builtBefore(
    datasets: readonly DatasetId[],
    limit: number,
  ): Promise<ReadonlyMap<DatasetId, readonly BuildRecord[]>>;
  /** The environments that point to each version now, sorted; versions that none points to are left out. */
  pointingTo(versions: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The parts that were made in a context (see `MadeFrom`), in any environment, newest first. */
  parts(context: string): Promise<readonly LedgerPart[]>;
  graph(hash: string): Promise<Graph | undefined>;
  /** Newest first; `of` limits them to those of an environment, in a state, or with an id that begins so. */
  runs(limit: number, of?: RunFilter): Promise<readonly RunRecord[]>;
  /** What a run told of itself, oldest first. */
  runEvents(id: string): Promise<readonly Event[]>;
  /** Versions that a run recorded, by the name of the dataset when its history began. */
  builtBy(run: string): Promise<ReadonlyMap<DatasetId, string>>;
  /** Oldest first, after a sequence number. */
  events(after: number, limit: number): Promise<readonly Event[]>;
  /** Newest first. */
  incidents(limit: number, of?: IncidentFilter): Promise<readonly Incident[]>;
  /** What hooks were not told of yet, oldest event first. */
  deliveries(limit: number): Promise<readonly HookDelivery[]>;
  settled(environment: string): Promise<Settled | undefined>;
  /** Oldest first. */
  legalHolds(): Promise<readonly LegalHold[]>;
  pins(): Promise<readonly Pin[]>;
  /** Ids of everything that was ever recorded of a dataset, also from before it was renamed. */
  versionsOfDataset(dataset: DatasetId): Promise<readonly string[]>;
  /** The keys in storage of everything that these targets keep, also of what was let go. */
  keysOf(targets: readonly KeptTarget[]): Promise<ReadonlySet<string>>;
}

export interface Store extends StoreReader {
  /**
   * Take the right to write to an environment, creating it where needed. `isAlive` tells whether a
   * holder found in place still lives. Errors: `environment-busy`.
   */
  acquire(
    environment: string,
    holder: Holder,
    isAlive: (holder: Holder, holding: Holding) => boolean,
  ): Promise<Lease>;
  /** Give a sign of life, and hear whether the run on its way was asked to stop. Errors: `lease-lost`. */
  beat(lease: Lease): Promise<Cancellation | undefined>;
  /** Give the lease back. Harmless when it has passed on. */
  yield(lease: Lease): Promise<void>;
  saveGraph(hash: string, graph: Graph): Promise<void>;
  /** Ask a run to stop. The first who asks is remembered; false where it is not on its way. */
  cancelRun(id: string, cancellation: Cancellation): Promise<boolean>;
  /** Errors of all writes below: `lease-lost` when the epoch has passed on. */
  beginRun(lease: Lease, run: RunRecord, events: readonly NewEvent[]): Promise<void>;
  noteRun(lease: Lease, id: string, notes: RunNotes): Promise<void>;
  /** End a run that is on its way; one that has ended stays as it is. */
  endRun(lease: Lease, id: string, end: RunEnd, notes?: RunNotes): Promise<void>;
  /**
   * Record a version with its audit. A version with that build key already there wins; its id is returned, and
   * the audit is recorded for it where the content is the same.
   */
  saveVersion(lease: Lease, version: Version, audit: Audit): Promise<string>;
  saveAudit(lease: Lease, audit: Audit): Promise<void>;
  /** Enter parts into the ledger. One that is there with that key stays. */
  saveParts(lease: Lease, parts: readonly LedgerPart[]): Promise<void>;
  /** Let another build key lead to a version that has the same content. */
  alias(lease: Lease, buildKey: string, version: string): Promise<void>;
  /** Move the pointers, all at once. Returns the release number. Errors: `lease-lost`, `base-moved`, `version-gone`. */
  publish(lease: Lease, publication: Publication): Promise<number>;
  /**
   * Move the pointers back to an earlier release, all at once; the right to write is taken and given back with it.
   * Returns the release number. Errors: `environment-busy`, `base-moved`, `unknown-release`, `version-gone`.
   */
  rollBack(
    holder: Holder,
    isAlive: (holder: Holder, holding: Holding) => boolean,
    rollback: Rollback,
  ): Promise<number>;
  /** Record what is held without a release: nothing good was there to publish. */
  hold(
    lease: Lease,
    held: Readonly<Record<DatasetId, Held>>,
    events: readonly NewEvent[],
    observation?: Observation,
  ): Promise<void>;
  /** Returns the incident as it then is: one that is resolved stays as it was. Undefined where there is none. */
  actOnIncident(id: number, act: IncidentAct): Promise<Incident | undefined>;
  /** Hooks of these names hear of every event from here on; those that are known go on where they are. */
  subscribe(hooks: readonly string[]): Promise<void>;
  /**
   * The deliveries that are due, oldest event first, each taken until a time: nobody else takes it before, and who
   * takes it and dies leaves it due then.
   */
  takeDeliveries(
    subscriptions: readonly Subscription[],
    taking: { readonly at: string; readonly until: string; readonly limit: number },
  ): Promise<readonly HookDelivery[]>;
  settleDeliveries(outcomes: readonly DeliveryOutcome[]): Promise<void>;
  /** Make everything due at once that waits or was given up, of one hook or of all. Returns how many. */
  redeliver(at: string, hook?: string): Promise<number>;
  /** Forget what waits for a hook, and the hook: subscribed again, it is new. Returns how many messages. */
  unsubscribe(hook: string): Promise<number>;
  settle(lease: Lease, settled: Settled): Promise<void>;
  /** Remember what somebody said of a version; what was said before is replaced. */
  saveFeedback(feedback: MonitorFeedback): Promise<void>;
  /** All versions whose files were not let go, with every file of theirs, and the parts of the ledger under their keys. */
  stored(): Promise<readonly Stored[]>;
  /**
   * Let go of versions that no kept release of any environment points to, and no view that one points to reads:
   * nobody finds them any more, and nobody can publish them. Parts of the ledger stay until
   * a later version of their dataset is there. Errors: `environment-busy` while anybody writes to any environment.
   */
  collect(collection: Collection): Promise<Collected>;
  /** From here on nothing of the target is let go. Errors: `version-gone` when something of it was already. */
  addLegalHold(hold: LegalHold): Promise<void>;
  /** Take a legal hold back; false where there is none of that id. */
  removeLegalHold(id: string, by: Pick<LegalHold, "at" | "who" | "why">): Promise<boolean>;
  /** Keep targets for a reader, or give a sign of its life. What was let go before is not refused here. */
  pin(pin: Omit<Pin, "beat">): Promise<void>;
  unpin(id: string): Promise<void>;
  /**
   * Give up versions whose files are lost, wherever they are pointed to: the next run builds them anew.
   * Errors: `environment-busy` while anybody writes to any environment.
   */
  lose(versions: readonly string[], lost: Pick<Collection, "at" | "isAlive">): Promise<void>;
  /** Hand out the whole truth of one moment, row by row. */
  exportState(to: StateReceiver): Promise<void>;
  /**
   * Make these rows the whole truth, all at once or not at all; they may be asked for again when the first
   * attempt breaks off. Errors: `state-not-empty` unless it may `replace`, `environment-busy` while anybody writes.
   */
  importState(
    rows: () => AsyncIterable<StateRows>,
    options: { readonly replace: boolean } & Pick<Collection, "isAlive">,
  ): Promise<void>;
  /** The schema of the rows that this program reads and writes. */
  readonly schema: number;
  close(): Promise<void>;
}

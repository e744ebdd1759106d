import type { DatasetId } from "./graph.ts";
import type { RecordCounts, SourceManifest } from "./delivery.ts";
import type { Span } from "./intervals.ts";
import type { Profile } from "./profile.ts";
import type { StoredFile } from "./stored-file.ts";
import type { ColumnStatistics } from "./table-column.ts";

/** One immutable content of a dataset. */
export interface Version {
  readonly id: string;
  readonly dataset: DatasetId;
  /** The name that the dataset had when its history began, where it was another: what stays when it is renamed. */
  readonly identity?: DatasetId;
  readonly buildKey: string;
  readonly fingerprint: string;
  /** Equal hashes mean equal content; what depends on a version is keyed by this, not by its id. */
  readonly contentHash: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ColumnStatistics[];
  readonly files: readonly StoredFile[];
  /** Only for views, which have no files: what is asked of the versions in `inputs` whenever one is read. */
  readonly query?: string;
  /** Only for sources. */
  readonly quarantine: readonly StoredFile[];
  readonly manifest?: SourceManifest;
  /** Records of everything the version was read from. Only for sources. */
  readonly counts?: RecordCounts;
  /** Versions it was built from, by the name that the dataset had then. */
  readonly inputs: Readonly<Record<DatasetId, string>>;
  /** What its rows look like. Recorded with it, and kept apart: see `profiles` of the store. */
  readonly profile?: Profile;
  /** Only of interval models. */
  readonly times?: InputTimes;
  readonly createdAt: string;
  readonly runId: string;
  /** Wall time of the build in milliseconds. */
  readonly elapsed: number;
  /** When its files were let go (ISO 8601); absent while they are there. */
  readonly gone?: string;
}

/** In which intervals the files had rows that a version was made from, so that no file is looked at twice. */
export interface InputTimes {
  /** What was looked at: grain and time columns. */
  readonly of: string;
  /** By their `fileIds`. */
  readonly files: Readonly<Record<string, readonly Span[]>>;
}

/** Where an environment points for one dataset, and whether something newer was refused. */
export interface Pointer {
  readonly dataset: DatasetId;
  readonly version: string;
  readonly held?: Held;
}

/** Why a dataset stays at its last good version. */
export interface Held {
  readonly reason: string;
  /** The dataset whose failure holds this one; itself for the one that failed. */
  readonly by: DatasetId;
  readonly since: string;
  readonly runId: string;
  /** The refused candidate, where there is one. */
  readonly candidate?: string;
}

/** A version under the name that its dataset has now. */
export function called(version: Version, dataset: DatasetId): Version {
  if (version.dataset === dataset) return version;
  return { ...version, dataset, identity: version.identity ?? version.dataset };
}

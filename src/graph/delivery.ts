import type { StoredFile } from "./stored-file.ts";

/** One landing file to read. `name` is what rows and diagnostics call it: the path relative to the project. */
export interface LandingFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** Exact accounting of records: `received = accepted + quarantined + rejected`. */
export interface RecordCounts {
  readonly received: number;
  readonly accepted: number;
  /** Read as a record, refused by the contract. */
  readonly quarantined: number;
  /** Not readable as a record at all. */
  readonly rejected: number;
  /** Of those that were quarantined or rejected: whose loss somebody accepted. Absent where that is none. */
  readonly dropped?: number;
  /**
   * Values that were read as null because the contract says that they mean it, by column: in all records that could be
   * read, whatever became of them. Absent where there is none.
   */
  readonly blanks?: Readonly<Record<string, number>>;
}

/** A landing file that cannot be read as what the contract says it is. */
export interface FileProblem {
  readonly file: string;
  readonly message: string;
  readonly line?: number;
  readonly hint?: string;
  /** `stop` keeps the delivery from being published; `warn` is only said. */
  readonly severity: "warn" | "stop";
}

/** A landing file as it was read: unchanged while name, size and modification time stay the same. */
export interface ManifestFile {
  /** Path relative to the project, or the name a generator's batch was given. */
  readonly name: string;
  readonly bytes: number;
  /** Modification time in nanoseconds since 1970, as text. */
  readonly modified: string;
  readonly sha256: string;
  readonly counts: RecordCounts;
  /** When this content was first read (ISO 8601, UTC). */
  readonly since?: string;
}

/** What came in with one version, beside what it took over: judged again whenever the checks change. */
export interface DeliveryReport {
  readonly counts: RecordCounts;
  readonly problems: readonly FileProblem[];
}

/** Somebody's word that refused records are lost. It holds until they are read again. */
export interface Drop {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly why: string;
  /** The only reason that it was about. */
  readonly reason?: string;
  readonly records: number;
}

/** What a source's version was read from. */
export interface SourceManifest {
  readonly files: readonly ManifestFile[];
  readonly drops?: readonly Drop[];
  readonly delivery?: DeliveryReport;
  /** For generators: where to go on, and the raw records kept for reading again. */
  readonly cursor?: unknown;
  readonly raw?: readonly StoredFile[];
}

/** A landing file as it lies there now. */
export interface LandingStat extends LandingFile {
  /** Modification time in nanoseconds since 1970, as text. */
  readonly modified: string;
}

/** What landing patterns match at one moment. `signature` changes when any of it does. */
export interface Listing {
  readonly files: readonly LandingStat[];
  readonly signature: string;
}

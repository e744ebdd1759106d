import { gunzipSync, gzipSync } from "node:zlib";
import type { Selectable } from "kysely";
import { SluiceError } from "../errors.ts";
import type { Version } from "../graph/version.ts";
import type { Cancellation, Release, RunRecord } from "./store.ts";
import type { Event } from "../flow/event.ts";
import type { EventsTable, ReleasesTable, RunsTable, VersionsTable } from "./tables.ts";

/** What to do about a state that lost something. */
export const wayOutOfDamage =
  "restore the state from a backup, or move it away and run again: landing files are read and models built anew";

/** A document of the state from its JSON. `what` names it in errors. Errors: `state-damaged`. */
export function parseDocument<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw unreadable(what, error);
  }
}

/** A large document as compressed bytes. The lowest level: higher ones gain a tenth and take twice as long. */
export function packDocument(document: unknown): Uint8Array {
  return gzipSync(JSON.stringify(document), { level: 1 });
}

/** The document that `packDocument` made into bytes. Errors: `state-damaged`. */
export function unpackDocument<T>(bytes: Uint8Array, what: string): T {
  try {
    return JSON.parse(gunzipSync(bytes).toString()) as T;
  } catch (error) {
    throw unreadable(what, error);
  }
}

/** The error for a record that cannot be read; `what` names it. */
export function unreadable(what: string, cause: unknown): SluiceError {
  return new SluiceError("state-damaged", `the record of ${what} in the state cannot be read`, {
    hint: wayOutOfDamage,
    cause,
  });
}

/** A version from its row, and its manifest where it has one. */
export function versionOf(
  row: Selectable<VersionsTable> & { readonly manifest: Uint8Array | null },
): Version {
  const what = `version "${row.id}"`;
  return {
    id: row.id,
    dataset: row.dataset,
    buildKey: row.build_key,
    fingerprint: row.fingerprint,
    contentHash: row.content_hash,
    rows: Number(row.row_count),
    bytes: Number(row.byte_count),
    columns: parseDocument(row.columns, what),
    files: parseDocument(row.files, what),
    quarantine: parseDocument(row.quarantine, what),
    ...(row.manifest === null ? {} : { manifest: unpackDocument(row.manifest, what) }),
    ...(row.counts === null ? {} : { counts: parseDocument(row.counts, what) }),
    inputs: parseDocument(row.inputs, what),
    ...(row.query === null ? {} : { query: row.query }),
    ...(row.times === null ? {} : { times: parseDocument(row.times, what) }),
    createdAt: row.created_at,
    runId: row.run_id,
    elapsed: row.elapsed,
    ...(row.gone === null ? {} : { gone: row.gone }),
  };
}

export function versionRow(version: Version): Selectable<VersionsTable> {
  return {
    id: version.id,
    dataset: version.identity ?? version.dataset,
    build_key: version.buildKey,
    fingerprint: version.fingerprint,
    content_hash: version.contentHash,
    row_count: version.rows,
    byte_count: version.bytes,
    columns: JSON.stringify(version.columns),
    files: JSON.stringify(version.files),
    quarantine: JSON.stringify(version.quarantine),
    counts: version.counts === undefined ? null : JSON.stringify(version.counts),
    inputs: JSON.stringify(version.inputs),
    query: version.query ?? null,
    times: version.times === undefined ? null : JSON.stringify(version.times),
    created_at: version.createdAt,
    run_id: version.runId,
    elapsed: version.elapsed,
    gone: version.gone ?? null,
  };
}

export function releaseOf(row: Selectable<ReleasesTable>, changes: Release["changes"]): Release {
  return {
    environment: row.environment,
    number: Number(row.number),
    kind: row.kind,
    at: row.at,
    who: row.who,
    why: row.why,
    ...(row.run_id === null ? {} : { runId: row.run_id }),
    graphHash: row.graph_hash,
    ...(row.origin === null ? {} : { from: row.origin }),
    changes,
    held: parseDocument(row.held, `release ${row.number} of "${row.environment}"`),
  };
}

export function runOf(row: Selectable<RunsTable>): RunRecord {
  return {
    id: row.id,
    environment: row.environment,
    state: row.state,
    epoch: Number(row.epoch),
    base: Number(row.base),
    graphHash: row.graph_hash,
    startedAt: row.started_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.release === null ? {} : { release: Number(row.release) }),
    ...(row.request === null
      ? { who: "", why: "", publish: "good" }
      : parseDocument<RunRequest>(row.request, `run "${row.id}"`)),
    planned: Number(row.planned),
    finished: Number(row.finished),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.cancellation === null
      ? {}
      : { cancellation: parseDocument<Cancellation>(row.cancellation, `run "${row.id}"`) }),
  };
}

/** What a run was asked for, as its row keeps it. */
type RunRequest = Pick<RunRecord, "who" | "why" | "select" | "publish" | "resumes" | "promotes">;

export function runRow(run: RunRecord, number: number): Selectable<RunsTable> {
  const { who, why, select, publish, resumes, promotes } = run;
  return {
    id: run.id,
    number,
    environment: run.environment,
    state: run.state,
    epoch: run.epoch,
    base: run.base,
    graph_hash: run.graphHash,
    started_at: run.startedAt,
    ended_at: run.endedAt ?? null,
    release: run.release ?? null,
    request: JSON.stringify({ who, why, select, publish, resumes, promotes } satisfies {
      [key in keyof RunRequest]-?: unknown;
    }),
    planned: run.planned,
    finished: run.finished,
    reason: run.reason ?? null,
    cancellation: run.cancellation === undefined ? null : JSON.stringify(run.cancellation),
  };
}

export function eventOf(row: Selectable<EventsTable>): Event {
  return {
    sequence: Number(row.sequence),
    type: row.type,
    at: row.at,
    ...(row.environment === null ? {} : { environment: row.environment }),
    ...(row.run_id === null ? {} : { runId: row.run_id }),
    ...(row.dataset === null ? {} : { dataset: row.dataset }),
    data: parseDocument(row.data, `event ${row.sequence}`),
  };
}

/** A time in the one form that sorts as text: UTC with milliseconds. */
export function instant(time: string): string {
  return new Date(time).toISOString();
}

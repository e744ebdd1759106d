import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held, Version } from "../graph/version.ts";
import type { Audit, Holder, Lease, Publication, RunRecord, Store } from "../store/store.ts";
import type { NewEvent } from "../flow/event.ts";

/** A time so many minutes into the year. */
export const minute = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

export const holder = (pid: number): Holder => ({
  host: "station",
  pid,
  started: `start-${pid}`,
  who: "maria",
});

export const alive = (): boolean => true;
export const dead = (): boolean => false;

export const graph: Graph = {
  format: 1,
  project: { name: "shop", storage: "data", state: "state.db", engine: {}, publish: "good" },
  datasets: [],
  consumers: [],
  stories: [],
};

/** A version whose build key and content follow from its id. */
export function version(id: string, more: Partial<Version> = {}): Version {
  return {
    id,
    dataset: "shop.orders",
    buildKey: `key of ${id}`,
    fingerprint: "fingerprint",
    contentHash: `content of ${id}`,
    rows: 3,
    bytes: 400,
    columns: [{ name: "id", engineType: "BIGINT", nulls: 0, min: "1", max: "3" }],
    files: [{ key: `shop.orders/${id}/part-0.parquet`, rows: 3, bytes: 400, sha256: "ab", columns: [] }],
    quarantine: [],
    inputs: {},
    createdAt: minute(0),
    runId: "run-1",
    elapsed: 12.5,
    ...more,
  };
}

export const audit = (id: string, more: Partial<Audit> = {}): Audit => ({
  version: id,
  auditFingerprint: "checks",
  verdict: { outcome: "good", results: [] },
  ...more,
});

/** Take an environment and save the project and some versions to point to. */
export async function begin(store: Store, environment: string, versions: readonly string[]): Promise<Lease> {
  const lease = await store.acquire(environment, holder(1), dead);
  await store.saveGraph("graph-1", graph);
  for (const id of versions) await store.saveVersion(lease, version(id), audit(id));
  return lease;
}

export function publication(environment: string, base: number, more: Partial<Publication> = {}): Publication {
  return {
    environment,
    kind: "publish",
    base,
    at: minute(base + 1),
    who: "maria",
    why: "new deliveries",
    graphHash: "graph-1",
    changes: {},
    held: {},
    events: [],
    ...more,
  };
}

export const event = (type: string, more: Partial<NewEvent> = {}): NewEvent => ({
  type,
  at: minute(0),
  data: {},
  ...more,
});

export const held = (by: DatasetId, more: Partial<Held> = {}): Held => ({
  reason: `waits for ${by}`,
  by,
  since: minute(0),
  runId: "run-1",
  ...more,
});

export const run = (id: string, lease: Lease, more: Partial<RunRecord> = {}): RunRecord => ({
  id,
  environment: lease.environment,
  state: "running",
  epoch: lease.epoch,
  base: 0,
  graphHash: "graph-1",
  startedAt: minute(0),
  who: "maria",
  why: "new deliveries",
  publish: "good",
  planned: 0,
  finished: 0,
  ...more,
});

/** What an environment points to, as a plain object. */
export async function versionsOf(
  store: Store,
  environment: string,
  release?: number,
): Promise<Record<DatasetId, string>> {
  const pointers = await store.pointers(environment, release);
  return Object.fromEntries([...pointers.values()].map((pointer) => [pointer.dataset, pointer.version]));
}

/** Publish these changes one after the other, from release 0. */
export async function publishAll(
  store: Store,
  lease: Lease,
  history: readonly Publication["changes"][],
): Promise<void> {
  for (const [base, changes] of history.entries()) {
    await store.publish(lease, publication(lease.environment, base, { changes }));
  }
}

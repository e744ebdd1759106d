import { openPostgresStore } from "../../src/store/postgres.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import type { Lease, Publication, Store } from "../../src/store/store.ts";
import { startPostgres } from "../../src/testing/postgres-server.ts";
import { audit, dead, graph, holder, version } from "../../src/testing/store-fixtures.ts";

/** Open the store in a file of SQLite, or, for the word "postgres", on a server that lives as long as the store is open. */
export async function openStore(place: string): Promise<Store> {
  if (place !== "postgres") return openSqliteStore(place);
  const server = await startPostgres(true);
  if ("skipped" in server) throw new Error(server.skipped);
  const store = await openPostgresStore(server.url);
  const close = async (): Promise<void> => {
    await store.close();
    await server[Symbol.asyncDispose]();
  };
  return { ...store, close };
}

export const environment = "prod";

export const datasetName = (index: number): string => `shop.dataset_${index}`;

/** The version that a dataset moves to in an edition: each edition shows everywhere or nowhere. */
export const versionName = (dataset: number, edition: number): string => `v${dataset}-${edition}`;

/** Take the environment and record `editions` versions of each of `datasets` datasets, without publishing any. */
export async function fill(store: Store, datasets: number, editions: number): Promise<Lease> {
  const lease = await store.acquire(environment, holder(process.pid), dead);
  await store.saveGraph("graph-1", graph);
  for (let dataset = 0; dataset < datasets; dataset++) {
    for (let edition = 0; edition < editions; edition++) {
      const id = versionName(dataset, edition);
      await store.saveVersion(lease, version(id, { dataset: datasetName(dataset) }), audit(id));
    }
  }
  return lease;
}

/** Move these datasets to an edition, as the release after `base`. */
export const moveTo = (datasets: readonly number[], edition: number, base: number): Publication => ({
  environment,
  kind: "publish",
  base,
  at: new Date().toISOString(),
  who: "maria",
  why: "benchmark",
  graphHash: "graph-1",
  changes: Object.fromEntries(
    datasets.map((dataset) => [datasetName(dataset), versionName(dataset, edition)]),
  ),
  held: {},
  events: [],
});

import { schemaVersion } from "./migrations.ts";
import type { SqlAccess } from "./sql-access.ts";
import { sqlCollector } from "./sql-collect.ts";
import { sqlLedger } from "./sql-parts.ts";
import { sqlCopier } from "./sql-copy.ts";
import { sqlHooks } from "./sql-hooks.ts";
import { sqlIncidents } from "./sql-incidents.ts";
import { sqlKeeper } from "./sql-keep.ts";
import { sqlMonitors } from "./sql-monitors.ts";
import { sqlPublisher } from "./sql-publish.ts";
import { sqlReader } from "./sql-reads.ts";
import { sqlRuns } from "./sql-runs.ts";
import { sqlWriter } from "./sql-writes.ts";
import type { Store } from "./store.ts";

/** The store over any SQL database with the tables of `tables.ts`: one code path for all dialects. */
export function sqlStore(access: SqlAccess, close: () => Promise<void>): Store {
  return {
    ...sqlReader(access),
    ...sqlWriter(access),
    ...sqlRuns(access),
    ...sqlPublisher(access),
    ...sqlCollector(access),
    ...sqlLedger(access),
    ...sqlKeeper(access),
    ...sqlIncidents(access),
    ...sqlMonitors(access),
    ...sqlHooks(access),
    ...sqlCopier(access),
    schema: schemaVersion,
    close,
  };
}

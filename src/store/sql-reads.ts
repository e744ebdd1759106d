import { sql } from "kysely";
import type { Selectable, Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Held, Pointer } from "../graph/version.ts";
import { eventOf, instant, parseDocument, releaseOf, versionOf, wayOutOfDamage } from "./documents.ts";
import { unpackGraph } from "./graph-document.ts";
import type { SqlAccess } from "./sql-access.ts";
import { holdingOf } from "./sql-writes.ts";
import type { Audit, Release, StoreReader } from "./store.ts";
import type { ReleasesTable, Tables } from "./tables.ts";

type HeldSet = Readonly<Record<DatasetId, Held>>;

/** The reading half of a store over SQL. Every method sees one moment. */
export function sqlReader({
  read,
  traits,
}: SqlAccess): Omit<
  StoreReader,
  | "runs"
  | "runEvents"
  | "builtBy"
  | "parts"
  | "legalHolds"
  | "pins"
  | "versionsOfDataset"
  | "keysOf"
  | "incidents"
  | "profiles"
  | "monitorPoints"
  | "monitorFeedback"
  | "deliveries"
> {
  const keyed = (keys: readonly string[]) => traits.listed(keys.map((key) => [key]));
  return {
    environment: (name) =>
      read(async (db) => {
        const row = await db
          .selectFrom("environments")
          .select("release")
          .where("name", "=", name)
          .executeTakeFirst();
        return row && { name, release: Number(row.release) };
      }),
    holding: (name) =>
      read(async (db) => {
        const row = await db
          .selectFrom("environments")
          .select(["name", "holder", "epoch", "beat"])
          .where("name", "=", name)
          .executeTakeFirst();
        return row && holdingOf(row);
      }),
    environments: () =>
      read(async (db) => {
        const rows = await db
          .selectFrom("environments")
          .select(["name", "release"])
          .orderBy("name")
          .execute();
        return rows.map((row) => ({ name: row.name, release: Number(row.release) }));
      }),
    pointers: (environment, release) => read((db) => pointersAt(db, environment, release)),
    held: (environment) =>
      read(async (db) => {
        const row = await db
          .selectFrom("environments")
          .select("held")
          .where("name", "=", environment)
          .executeTakeFirst();
        return row ? parseDocument<HeldSet>(row.held, `environment "${environment}"`) : {};
      }),
    versions: (ids) =>
      read(async (db) => {
        const { rows } = await sql<Parameters<typeof versionOf>[0]>`
          select v.*, m.document as manifest from ${keyed([...new Set(ids)])}
          join versions v on v.id = item ->> 0 left join manifests m on m.version = v.id`.execute(db);
        const byId = new Map(rows.map((row) => [row.id, versionOf(row)]));
        return ids.map((id) => byId.get(id) ?? unknownVersion(id));
      }),
    builds: (keys) =>
      read(async (db) => {
        const { rows } = await sql<Parameters<typeof versionOf>[0] & { readonly asked: string }>`
          select b.build_key as asked, v.*, m.document as manifest from ${keyed([...new Set(keys)])}
          join builds b on b.build_key = item ->> 0 join versions v on v.id = b.version
          left join manifests m on m.version = v.id`.execute(db);
        return new Map(rows.map((row) => [row.asked, versionOf(row)]));
      }),
    audits: (versions) =>
      read(async (db) => {
        const { rows } = await sql<{ version: string; audit_fingerprint: string; verdict: string }>`
          select a.* from ${keyed([...new Set(versions)])} join audits a on a.version = item ->> 0`.execute(
          db,
        );
        return rows.map((row) => ({
          version: row.version,
          auditFingerprint: row.audit_fingerprint,
          verdict: parseDocument<Audit["verdict"]>(row.verdict, `the audit of version "${row.version}"`),
        }));
      }),
    releases: (environment, limit) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("releases")
          .selectAll()
          .where("environment", "=", environment)
          .orderBy("number", "desc")
          .limit(limit)
          .execute();
        return withChanges(db, environment, rows);
      }),
    release: (environment, number) =>
      read(async (db) => {
        const row = await releaseRow(db, environment, number);
        return row && (await withChanges(db, environment, [row]))[0];
      }),
    releasedGraph: (environment, number) =>
      read(async (db) => (await releaseRow(db, environment, number))?.graph_hash),
    releaseAt: (environment, time) =>
      read(async (db) => {
        const row = await db
          .selectFrom("releases")
          .selectAll()
          .where("environment", "=", environment)
          .where("at", "<=", instant(time))
          // The order of releases is their number: clocks of several machines may disagree.
          .orderBy("number", "desc")
          .limit(1)
          .executeTakeFirst();
        return row && (await withChanges(db, environment, [row]))[0];
      }),
    firstReleases: (environment, versions) =>
      read(async (db) => {
        const { rows } = await sql<{ version: string; number: number }>`
          select version, min(number) as number from release_pointers
          where environment = ${environment} and version in (select item ->> 0 from ${keyed(versions)})
          group by version`.execute(db);
        return new Map(rows.map((row) => [row.version, Number(row.number)]));
      }),
    lastRead: (versions) =>
      read(async (db) => {
        const { rows } = await sql<{ version: string; number: number }>`
          select p.version, coalesce(max(case when r.kind = 'publish' then n.number end), min(n.number)) as number
          from release_pointers p join releases r on r.environment = p.environment and r.number = p.number
          join runs n on n.id = r.run_id
          where p.moved = 1 and p.version in (select item ->> 0 from ${keyed(versions)})
          group by p.version`.execute(db);
        return new Map(rows.map((row) => [row.version, Number(row.number)]));
      }),
    builtBefore: (datasets, limit) =>
      read(async (db) => {
        const { rows } = await sql<{ dataset: string; rows: number; bytes: number; elapsed: number }>`
          select dataset, row_count as rows, byte_count as bytes, elapsed from (
            select v.dataset, v.row_count, v.byte_count, v.elapsed,
              row_number() over (partition by v.dataset order by v.created_at desc, v.id) as place
            from ${keyed([...new Set(datasets)])} join versions v on v.dataset = item ->> 0) as newest
          where place <= ${limit} order by dataset, place`.execute(db);
        return Map.groupBy(
          rows.map((row) => ({ ...row, rows: Number(row.rows), bytes: Number(row.bytes) })),
          (row) => row.dataset,
        );
      }),
    pointingTo: (versions) =>
      read(async (db) => {
        const { rows } = await sql<{ version: string; environment: string }>`
          select version, environment from pointers
          where version in (select item ->> 0 from ${keyed(versions)}) order by environment`.execute(db);
        const byVersion = Map.groupBy(rows, (row) => row.version);
        return new Map(
          [...byVersion].map(([version, found]) => [
            version,
            [...new Set(found.map(({ environment }) => environment))],
          ]),
        );
      }),
    graph: (hash) =>
      read(async (db) => {
        const row = await db
          .selectFrom("graphs")
          .select("document")
          .where("hash", "=", hash)
          .executeTakeFirst();
        return row && unpackGraph(row.document, `the project "${hash}"`);
      }),
    events: (after, limit) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("events")
          .selectAll()
          .where("sequence", ">", after)
          .orderBy("sequence")
          .limit(limit)
          .execute();
        return rows.map(eventOf);
      }),
    settled: (environment) =>
      read(async (db) => {
        const row = await db
          .selectFrom("settled")
          .select("document")
          .where("environment", "=", environment)
          .executeTakeFirst();
        return row && parseDocument(row.document, `what settled "${environment}"`);
      }),
  };
}

function unknownVersion(id: string): never {
  throw new SluiceError(
    "state-damaged",
    `the state knows no version "${id}", though something refers to it`,
    {
      hint: wayOutOfDamage,
    },
  );
}

export async function pointersAt(
  db: Transaction<Tables>,
  environment: string,
  number?: number,
): Promise<ReadonlyMap<DatasetId, Pointer>> {
  const current = await db
    .selectFrom("environments")
    .select(["release", "held"])
    .where("name", "=", environment)
    .executeTakeFirst();
  if (current === undefined || number === 0) return new Map();
  if (number === undefined || number === Number(current.release)) {
    const rows = await db
      .selectFrom("pointers")
      .select(["dataset", "version"])
      .where("environment", "=", environment)
      .execute();
    return pointersOf(rows, parseDocument(current.held, `environment "${environment}"`));
  }
  const release = await releaseRow(db, environment, number);
  if (release === undefined) {
    throw unknownRelease(environment, number, current.release);
  }
  const rows = await db
    .selectFrom("release_pointers")
    .select(["dataset", "version"])
    .where("environment", "=", environment)
    .where("number", ">=", release.full_number)
    .where("number", "<=", number)
    .orderBy("number")
    .execute();
  return pointersOf(rows, parseDocument(release.held, `release ${number} of "${environment}"`));
}

/** The error for a release that is not there. */
export function unknownRelease(environment: string, number: number, newest: number): SluiceError {
  return new SluiceError(
    "unknown-release",
    `environment "${environment}" has no release ${number}; its newest is ${newest}`,
    { hint: `sluice releases --env ${environment} lists them` },
  );
}

/** Of several rows for one dataset the last one wins. */
function pointersOf(
  rows: readonly { readonly dataset: string; readonly version: string | null }[],
  held: HeldSet,
): Map<DatasetId, Pointer> {
  const why = new Map(Object.entries(held));
  const pointers = new Map<DatasetId, Pointer>();
  for (const { dataset, version } of rows) {
    const reason = why.get(dataset);
    if (version === null) pointers.delete(dataset);
    else
      pointers.set(dataset, reason === undefined ? { dataset, version } : { dataset, version, held: reason });
  }
  return pointers;
}

/** The row of a release, or undefined. */
export async function releaseRow(
  db: Transaction<Tables>,
  environment: string,
  number: number,
): Promise<Selectable<ReleasesTable> | undefined> {
  if (!Number.isSafeInteger(number)) return undefined;
  return db
    .selectFrom("releases")
    .selectAll()
    .where("environment", "=", environment)
    .where("number", "=", number)
    .executeTakeFirst();
}

/** Releases of one environment with what they changed; `rows` newest first and without gaps. */
async function withChanges(
  db: Transaction<Tables>,
  environment: string,
  rows: readonly Selectable<ReleasesTable>[],
): Promise<readonly Release[]> {
  const newest = rows[0];
  const oldest = rows.at(-1);
  if (newest === undefined || oldest === undefined) return [];
  const moves = await db
    .selectFrom("release_pointers")
    .select(["number", "dataset", "version"])
    .where("environment", "=", environment)
    .where("number", ">=", oldest.number)
    .where("number", "<=", newest.number)
    .where("moved", "=", 1)
    .execute();
  const byNumber = Map.groupBy(moves, (move) => Number(move.number));
  return rows.map((row) => {
    const moved = byNumber.get(Number(row.number)) ?? [];
    return releaseOf(row, Object.fromEntries(moved.map(({ dataset, version }) => [dataset, version])));
  });
}

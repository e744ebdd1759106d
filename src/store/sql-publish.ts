import { sql } from "kysely";
import type { RawBuilder, Selectable, Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import { instant } from "./documents.ts";
import { appendEvents } from "./sql-events.ts";
import { observe } from "./sql-incidents.ts";
import { appendMeasures } from "./sql-monitors.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import { releaseRow, unknownRelease } from "./sql-reads.ts";
import { acquire, standing } from "./sql-writes.ts";
import type { Lease, Publication, Store } from "./store.ts";
import type { ReleasesTable, Tables } from "./tables.ts";

/** Publication over SQL: the only code that moves pointers. */
export function sqlPublisher({ write, traits }: SqlAccess): Pick<Store, "publish" | "rollBack" | "hold"> {
  return {
    publish: (lease, publication) =>
      write(async (db) => {
        if (lease.environment !== publication.environment) {
          throw new Error(`a lease of "${lease.environment}" cannot publish to "${publication.environment}"`);
        }
        await advance(db, traits, lease, publication);
        // In order of the key, so that neighbouring rows are written together.
        const listed = Object.entries(publication.changes).toSorted(([a], [b]) => (a < b ? -1 : 1));
        const moves = sql`select item ->> 0 as dataset, item ->> 1 as version from ${traits.listed(listed)}`;
        await record(db, publication, moves);
        await appendMeasures(db, traits, publication, publication.base + 1);
        await appendEvents(db, traits, publication.events);
        if (publication.observation !== undefined)
          await observe(db, traits, publication.observation, publication.base + 1);
        return publication.base + 1;
      }),
    rollBack: (holder, isAlive, { to, observation, ...rollback }) =>
      write(async (db) => {
        const { environment, base } = rollback;
        const lease = await acquire(db, traits, environment, holder, isAlive);
        const release = { ...rollback, kind: "rollback" as const, from: `${environment}@${to}`, held: {} };
        await advance(db, traits, lease, release);
        const target = await releaseRow(db, environment, to);
        if (target === undefined) throw unknownRelease(environment, to, base);
        await record(db, { ...release, graphHash: target.graph_hash }, movesBack(target));
        if (observation !== undefined) await observe(db, traits, observation, base + 1);
        // The right to write was needed within this transaction only.
        await db.updateTable("environments").set({ holder: null }).where("name", "=", environment).execute();
        return base + 1;
      }),
    hold: (lease, held, events, observation) =>
      write(async (db) => {
        await standing(db, traits, lease);
        await db
          .updateTable("environments")
          .set({ held: JSON.stringify(held) })
          .where("name", "=", lease.environment)
          .execute();
        // What was proven of a run that held nobody is proven no more.
        await db.deleteFrom("settled").where("environment", "=", lease.environment).execute();
        await appendEvents(db, traits, events);
        if (observation !== undefined) await observe(db, traits, observation);
      }),
  };
}

/** The moves that lead from where the pointers are back to an earlier release: both side by side, in one pass. */
const movesBack = ({
  environment,
  number,
  full_number,
}: Selectable<ReleasesTable>): RawBuilder<unknown> => sql`
  select dataset, max(then_at) as version from (
    select dataset, version as then_at, null as now_at from (
      select dataset, version, row_number() over (partition by dataset order by number desc) as place
      from release_pointers
      where environment = ${environment} and number >= ${full_number} and number <= ${number}) as said
    where place = 1
    union all select dataset, null, version from pointers where environment = ${environment}) as pairs
  group by dataset having max(then_at) is distinct from max(now_at) order by dataset`;

/** What a release says of itself beside the pointers that it moves. */
type Said = Omit<Publication, "changes" | "events" | "measures" | "observation">;

/**
 * Let the environment stand at its next release, locked until the transaction ends: asked and done in one statement.
 * Errors: `lease-lost`, `base-moved`.
 */
async function advance(
  db: Transaction<Tables>,
  traits: SqlTraits,
  lease: Lease,
  { environment, base, held }: Pick<Said, "environment" | "base" | "held">,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("environments")
    .set({ release: base + 1, held: JSON.stringify(held) })
    .where("name", "=", environment)
    .where("epoch", "=", lease.epoch)
    .where("holder", "is not", null)
    .where("release", "=", base)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) return;
  const { release } = await standing(db, traits, lease);
  throw new SluiceError(
    "base-moved",
    `environment "${environment}" stands at release ${release}, but this work started from release ${base}: something else was published in between`,
    { hint: "nothing of this was published; run again: what is finished is not built twice" },
  );
}

/** Record the release with its moves (rows of `dataset` and `version`), and move the pointers. */
async function record(db: Transaction<Tables>, said: Said, moves: RawBuilder<unknown>): Promise<void> {
  const { environment, base, runId } = said;
  const number = base + 1;
  // Written down first: what follows reads them where they lie by now, in the order of their key.
  await sql`insert into release_pointers (environment, number, dataset, version, moved)
    select ${environment}, cast(${number} as bigint), dataset, version, 1 from (${moves}) as moves`.execute(
    db,
  );
  const counts = await refuseGone(db, environment, number);
  await movePointers(db, environment, number, counts);
  await db
    .insertInto("releases")
    .values({
      environment,
      number,
      kind: said.kind,
      at: instant(said.at),
      who: said.who,
      why: said.why,
      run_id: runId ?? null,
      graph_hash: said.graphHash,
      origin: said.from ?? null,
      held: JSON.stringify(said.held),
      ...(await keepFull(db, environment, number, counts)),
    })
    .execute();
  // With the release, so that a run which dies before it says how it ended is known to have published.
  if (runId !== undefined)
    await db.updateTable("runs").set({ release: number }).where("id", "=", runId).execute();
}

/** How many pointers a release moves to a version, and how many it drops. */
interface Moves {
  readonly moved: number;
  readonly dropped: number;
}

/** Errors: `version-gone`. */
async function refuseGone(db: Transaction<Tables>, environment: string, number: number): Promise<Moves> {
  const { rows } = await sql<{ moves: number; moved: number; refused: string | null }>`
    select count(*) as moves, count(r.version) as moved,
      min(case when r.version is not null and (v.id is null or v.gone is not null) then r.version end) as refused
    from release_pointers r left join versions v on v.id = r.version
    where r.environment = ${environment} and r.number = ${number}`.execute(db);
  const { moves = 0, moved = 0, refused = null } = rows[0] ?? {};
  if (refused === null) return { moved: Number(moved), dropped: Number(moves) - Number(moved) };
  const version = await db
    .selectFrom("versions")
    .select(["dataset", "gone"])
    .where("id", "=", refused)
    .executeTakeFirst();
  if (version === undefined) throw new Error(`version "${refused}" was to be published, but was never saved`);
  throw new SluiceError(
    "version-gone",
    `a version of "${version.dataset}" that was to be published was let go at ${version.gone}`,
    {
      hint: "nothing was published; a run builds it anew, but an older release that needs it cannot be gone back to",
    },
  );
}

/** Let the pointers follow what a release has written down. */
async function movePointers(
  db: Transaction<Tables>,
  environment: string,
  number: number,
  { moved, dropped }: Moves,
): Promise<void> {
  if (moved > 0) {
    await sql`insert into pointers (environment, dataset, version)
      select environment, dataset, version from release_pointers
      where environment = ${environment} and number = ${number} and version is not null
      on conflict (environment, dataset) do update set version = excluded.version`.execute(db);
  }
  if (dropped > 0) {
    await sql`delete from pointers where environment = ${environment} and dataset in (
      select dataset from release_pointers
      where environment = ${environment} and number = ${number} and version is null)`.execute(db);
  }
}

/**
 * Make this release a full one where reading the pointers at a release would otherwise mean to read more
 * than twice as many rows as there are pointers. Repeating them all that seldom costs each moved pointer
 * half a row more; one that moves them all repeats none.
 */
async function keepFull(
  db: Transaction<Tables>,
  environment: string,
  number: number,
  { moved, dropped }: Moves,
): Promise<Pick<ReleasesTable, "full_number" | "trail">> {
  const { rows } = await sql<{ full_number: number; trail: number; pointers: number }>`
    select full_number, trail, (select count(*) from pointers where environment = ${environment}) as pointers
    from releases where environment = ${environment} and number = ${number - 1}`.execute(db);
  const before = rows[0];
  const full = { full_number: number, trail: 0 };
  if (before === undefined || Number(before.pointers) === moved) return full;
  const trail = Number(before.trail) + moved + dropped;
  if (trail <= 2 * Number(before.pointers)) return { full_number: Number(before.full_number), trail };
  await sql`insert into release_pointers (environment, number, dataset, version, moved)
    select environment, cast(${number} as bigint), dataset, version, 0 from pointers where environment = ${environment}
    on conflict do nothing`.execute(db);
  return full;
}

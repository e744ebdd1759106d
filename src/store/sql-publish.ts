import { sql } from "kysely";
import type { Selectable, Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import { instant } from "./documents.ts";
import { appendEvents } from "./sql-events.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import { standing } from "./sql-writes.ts";
import type { Publication, Store } from "./store.ts";
import type { ReleasesTable, Tables } from "./tables.ts";

/** Publication over SQL: the only code that moves pointers. */
export function sqlPublisher({ write, traits }: SqlAccess): Pick<Store, "publish" | "hold"> {
  return {
    publish: (lease, publication) =>
      write(async (db) => {
        const environment = await standing(db, traits, lease);
        if (lease.environment !== publication.environment) {
          throw new Error(`a lease of "${lease.environment}" cannot publish to "${publication.environment}"`);
        }
        if (Number(environment.release) !== publication.base)
          throw baseMoved(publication, Number(environment.release));
        return publish(db, traits, publication);
      }),
    hold: (lease, held, events) =>
      write(async (db) => {
        await standing(db, traits, lease);
        await db
          .updateTable("environments")
          .set({ held: JSON.stringify(held) })
          .where("name", "=", lease.environment)
          .execute();
        await appendEvents(db, traits, events);
      }),
  };
}

function baseMoved({ environment, base }: Publication, release: number): SluiceError {
  return new SluiceError(
    "base-moved",
    `environment "${environment}" stands at release ${release}, but this work started from release ${base}: something else was published in between`,
    { hint: "nothing of this was published; run again: what is finished is not built twice" },
  );
}

async function publish(
  db: Transaction<Tables>,
  traits: SqlTraits,
  publication: Publication,
): Promise<number> {
  const { environment, base, changes } = publication;
  const number = base + 1;
  const held = JSON.stringify(publication.held);
  await db
    .updateTable("environments")
    .set({ release: number, held })
    .where("name", "=", environment)
    .execute();
  // In order of the key, so that neighbouring rows are written together.
  const moves = Object.entries(changes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  await refuseGone(db, traits, moves);
  await movePointers(db, traits, environment, moves);
  await sql`insert into release_pointers (environment, number, dataset, version, moved)
    select ${environment}, cast(${number} as bigint), item ->> 0, item ->> 1, 1 from ${traits.listed(moves)}`.execute(
    db,
  );
  const fullness = await keepFull(db, environment, number, moves.length);
  const row: Selectable<ReleasesTable> = {
    environment,
    number,
    kind: publication.kind,
    at: instant(publication.at),
    who: publication.who,
    why: publication.why,
    run_id: publication.runId ?? null,
    graph_hash: publication.graphHash,
    origin: publication.from ?? null,
    held,
    ...fullness,
  };
  await db.insertInto("releases").values(row).execute();
  // With the release, so that a run which dies before it says how it ended is known to have published.
  if (publication.runId !== undefined)
    await db.updateTable("runs").set({ release: number }).where("id", "=", publication.runId).execute();
  await appendEvents(db, traits, publication.events);
  return number;
}

/** Errors: `version-gone`. */
async function refuseGone(
  db: Transaction<Tables>,
  traits: SqlTraits,
  moves: readonly (readonly [string, string | null])[],
): Promise<void> {
  const { rows } = await sql<{ dataset: string; gone: string }>`
    select v.dataset, v.gone from ${traits.listed(moves)} join versions v on v.id = item ->> 1
    where v.gone is not null limit 1`.execute(db);
  const [first] = rows;
  if (first === undefined) return;
  throw new SluiceError(
    "version-gone",
    `a version of "${first.dataset}" that was to be published was let go at ${first.gone}`,
    {
      hint: "nothing was published; a run builds it anew, but an older release that needs it cannot be gone back to",
    },
  );
}

async function movePointers(
  db: Transaction<Tables>,
  traits: SqlTraits,
  environment: string,
  moves: readonly (readonly [string, string | null])[],
): Promise<void> {
  const dropped = moves.filter(([, version]) => version === null);
  const moved = dropped.length === 0 ? moves : moves.filter(([, version]) => version !== null);
  // `where true`: without it SQLite takes `on conflict` for the condition of a join.
  await sql`insert into pointers (environment, dataset, version)
    select ${environment}, item ->> 0, item ->> 1 from ${traits.listed(moved)} where true
    on conflict (environment, dataset) do update set version = excluded.version`.execute(db);
  if (dropped.length === 0) return;
  await sql`delete from pointers
    where environment = ${environment} and dataset in (select item ->> 0 from ${traits.listed(dropped)})`.execute(
    db,
  );
}

/**
 * Make this release a full one where reading the pointers at a release would otherwise mean to read more
 * than twice as many rows as there are pointers. Repeating them all that seldom costs each moved pointer
 * half a row more.
 */
async function keepFull(
  db: Transaction<Tables>,
  environment: string,
  number: number,
  moves: number,
): Promise<Pick<ReleasesTable, "full_number" | "trail">> {
  const before = await db
    .selectFrom("releases")
    .select(["full_number", "trail"])
    .where("environment", "=", environment)
    .where("number", "=", number - 1)
    .executeTakeFirst();
  if (before === undefined) return { full_number: number, trail: 0 };
  const trail = Number(before.trail) + moves;
  const { count } = await db
    .selectFrom("pointers")
    .select((of) => of.fn.countAll().as("count"))
    .where("environment", "=", environment)
    .executeTakeFirstOrThrow();
  if (trail <= 2 * Number(count)) return { full_number: Number(before.full_number), trail };
  await sql`insert into release_pointers (environment, number, dataset, version, moved)
    select environment, cast(${number} as bigint), dataset, version, 0 from pointers where environment = ${environment}
    on conflict do nothing`.execute(db);
  return { full_number: number, trail: 0 };
}

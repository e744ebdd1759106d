import { sql } from "kysely";
import type { Transaction } from "kysely";
import { eventOf, parseDocument, runOf, runRow } from "./documents.ts";
import { takeNumbers } from "./sql-access.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import { appendEvents } from "./sql-events.ts";
import { saveSettled, standing } from "./sql-writes.ts";
import type { Cancellation, Lease, RunNotes, Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** In words of SQL and not as a parameter, so that the index of what is on its way serves. */
const onItsWay = sql<boolean>`state = 'running'`;

/** What runs tell of themselves over SQL, and what others ask of them. */
export function sqlRuns({
  read,
  write,
  traits,
}: SqlAccess): Pick<
  Store,
  "runs" | "runEvents" | "builtBy" | "beat" | "cancelRun" | "beginRun" | "noteRun" | "endRun"
> {
  const leased = <T>(lease: Lease, action: (db: Transaction<Tables>) => Promise<T>): Promise<T> =>
    write(async (db) => {
      await standing(db, traits, lease);
      return action(db);
    });
  return {
    runs: (limit, { environment, state, id } = {}) =>
      read(async (db) => {
        let query = db.selectFrom("runs").selectAll().orderBy("number", "desc").limit(limit);
        if (environment !== undefined) query = query.where("environment", "=", environment);
        if (state === "running") query = query.where(onItsWay);
        else if (state !== undefined) query = query.where("state", "=", state);
        if (id !== undefined)
          query = query.where(sql<boolean>`substr(id, 1, cast(${id.length} as integer)) = ${id}`);
        return (await query.execute()).map(runOf);
      }),
    runEvents: (id) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("events")
          .selectAll()
          .where("run_id", "=", id)
          .orderBy("sequence")
          .execute();
        return rows.map(eventOf);
      }),
    builtBy: (run) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("versions")
          .select(["id", "dataset"])
          .where("run_id", "=", run)
          .where("gone", "is", null)
          .orderBy("created_at")
          .execute();
        return new Map(rows.map(({ id, dataset }) => [dataset, id]));
      }),
    beat: (lease) =>
      leased(lease, async (db) => {
        await db
          .updateTable("environments")
          .set({ beat: sql`beat + 1` })
          .where("name", "=", lease.environment)
          .execute();
        return asked(db, lease);
      }),
    cancelRun: (id, cancellation) =>
      write(async (db) => {
        const run = await db
          .selectFrom("runs")
          .select(["environment", "cancellation"])
          .where("id", "=", id)
          .where("state", "=", "running")
          .executeTakeFirst();
        if (run?.cancellation !== null) return run !== undefined;
        const { at, ...data } = cancellation;
        await db
          .updateTable("runs")
          .set({ cancellation: JSON.stringify(cancellation) })
          .where("id", "=", id)
          .execute();
        const { environment } = run;
        await appendEvents(db, traits, [{ type: "run.cancelled", at, environment, runId: id, data }]);
        return true;
      }),
    beginRun: (lease, run, events) =>
      leased(lease, async (db) => {
        await db
          .insertInto("runs")
          .values(runRow(run, await takeNumbers(db, "runs", 1)))
          .execute();
        await appendEvents(db, traits, events);
      }),
    noteRun: (lease, id, notes) => leased(lease, (db) => note(db, traits, lease, id, notes)),
    endRun: (lease, id, end, notes) =>
      leased(lease, async (db) => {
        if (notes !== undefined) await note(db, traits, lease, id, notes);
        await db
          .updateTable("runs")
          .set({
            state: end.state,
            ended_at: end.endedAt,
            ...(end.release === undefined ? {} : { release: end.release }),
            reason: end.reason ?? null,
          })
          .where("id", "=", id)
          .where("environment", "=", lease.environment)
          .where("state", "=", "running")
          .execute();
        if (end.settled !== undefined) await saveSettled(db, end.settled);
      }),
  };
}

/** Who asked the run of a lease to stop. */
async function asked(db: Transaction<Tables>, lease: Lease): Promise<Cancellation | undefined> {
  const run = await db
    .selectFrom("runs")
    .select(["id", "cancellation"])
    .where("environment", "=", lease.environment)
    .where(onItsWay)
    .where("epoch", "=", lease.epoch)
    .executeTakeFirst();
  return run === undefined || run.cancellation === null
    ? undefined
    : parseDocument<Cancellation>(run.cancellation, `run "${run.id}"`);
}

async function note(
  db: Transaction<Tables>,
  traits: SqlTraits,
  lease: Lease,
  id: string,
  { finished, events }: RunNotes,
): Promise<void> {
  if (finished > 0) {
    await db
      .updateTable("runs")
      .set({ finished: sql`finished + ${finished}` })
      .where("id", "=", id)
      .where("environment", "=", lease.environment)
      .execute();
  }
  await appendEvents(db, traits, events);
}

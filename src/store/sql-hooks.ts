import { sql } from "kysely";
import type { Selectable, Transaction } from "kysely";
import { eventOf } from "./documents.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import type { Store } from "./store.ts";
import type { DeliveryOutcome, HookDelivery, Subscription } from "../flow/hook-delivery.ts";
import type { DeliveriesTable, EventsTable, Tables } from "./tables.ts";

/**
 * What hooks have to be told of, over SQL. The log of events is the outbox: an event is there with what it tells of, so
 * nothing is written for hooks where it happens. Each hook remembers how far it has read.
 */
export function sqlHooks({
  read,
  write,
  traits,
}: SqlAccess): Pick<
  Store,
  "deliveries" | "subscribe" | "takeDeliveries" | "settleDeliveries" | "redeliver" | "unsubscribe"
> {
  return {
    deliveries: (limit) => read(async (db) => (await waiting(db).limit(limit).execute()).map(deliveryOf)),
    subscribe: async (hooks) => {
      const known = await read((db) => db.selectFrom("hooks").select("name").execute());
      const names = new Set(known.map(({ name }) => name));
      const fresh = hooks.filter((hook) => !names.has(hook));
      if (fresh.length === 0) return;
      await write(async (db) => {
        await sql`insert into hooks (name, after)
          select item ->> 0, (select value from counters where name = 'events')
          from ${traits.listed(fresh.map((hook) => [hook]))} where true on conflict do nothing`.execute(db);
      });
    },
    takeDeliveries: (subscriptions, { at, until, limit }) =>
      write(async (db) => {
        for (const subscription of subscriptions) await readOn(db, traits, subscription, at);
        const hooks = subscriptions.map(({ hook }) => hook);
        const due = await waiting(db)
          .where("deliveries.hook", "in", hooks)
          .where("given_up", "=", 0)
          .where("due_at", "<=", at)
          .limit(limit)
          .execute();
        const taken = due.map(deliveryOf);
        await settle(
          db,
          taken.map((delivery) => ({
            ...delivery,
            sequence: delivery.event.sequence,
            arrived: false,
            dueAt: until,
          })),
        );
        return taken;
      }),
    settleDeliveries: (outcomes) => write((db) => settle(db, outcomes)),
    redeliver: (at, hook) =>
      write(async (db) => {
        let query = db.updateTable("deliveries").set({ due_at: at, given_up: 0, attempts: 0 });
        if (hook !== undefined) query = query.where("hook", "=", hook);
        return Number((await query.executeTakeFirst()).numUpdatedRows);
      }),
    unsubscribe: (hook) =>
      write(async (db) => {
        // First the hook: whoever lets it read the log holds its row, and adds nothing once it is gone.
        await db.deleteFrom("hooks").where("name", "=", hook).execute();
        const { numDeletedRows } = await db
          .deleteFrom("deliveries")
          .where("hook", "=", hook)
          .executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}

/** Deliveries with their events, oldest first. */
function waiting(db: Transaction<Tables>) {
  return db
    .selectFrom("deliveries")
    .innerJoin("events", "events.sequence", "deliveries.sequence")
    .selectAll("events")
    .select(["deliveries.hook", "attempts", "due_at", "problem", "given_up"])
    .orderBy("events.sequence")
    .orderBy("deliveries.hook");
}

/** Let a hook read the log to its end. Only one process does so at a time, and none reads what another has read. */
async function readOn(
  db: Transaction<Tables>,
  traits: SqlTraits,
  { hook, on, environments }: Subscription,
  at: string,
): Promise<void> {
  const query = db.selectFrom("hooks").select("after").where("name", "=", hook);
  const row = await (traits.locksRows ? query.forUpdate() : query).executeTakeFirst();
  const { value } = await db
    .selectFrom("counters")
    .select("value")
    .where("name", "=", "events")
    .executeTakeFirstOrThrow();
  const last = Number(value);
  if (row === undefined || Number(row.after) >= last) return;
  const where = environments === undefined ? sql`true` : sql`environment in (${sql.join(environments)})`;
  await sql`insert into deliveries (hook, sequence, attempts, due_at, given_up)
    select ${hook}, sequence, 0, ${at}, 0 from events
    where sequence > cast(${Number(row.after)} as bigint) and sequence <= cast(${last} as bigint)
      and type in (${sql.join([...on])}) and ${where}`.execute(db);
  await db.updateTable("hooks").set({ after: last }).where("name", "=", hook).execute();
}

async function settle(db: Transaction<Tables>, outcomes: readonly DeliveryOutcome[]): Promise<void> {
  for (const outcome of outcomes) {
    const { hook, sequence } = outcome;
    if (outcome.arrived) {
      await db.deleteFrom("deliveries").where("hook", "=", hook).where("sequence", "=", sequence).execute();
      continue;
    }
    const { attempts, dueAt, problem, isGivenUp } = outcome;
    await db
      .updateTable("deliveries")
      .set({ attempts, due_at: dueAt, problem: problem ?? null, given_up: isGivenUp ? 1 : 0 })
      .where("hook", "=", hook)
      .where("sequence", "=", sequence)
      .execute();
  }
}

function deliveryOf(
  row: Selectable<EventsTable> & Omit<Selectable<DeliveriesTable>, "sequence">,
): HookDelivery {
  return {
    hook: row.hook,
    event: eventOf(row),
    attempts: Number(row.attempts),
    dueAt: row.due_at,
    ...(row.problem === null ? {} : { problem: row.problem }),
    isGivenUp: Number(row.given_up) === 1,
  };
}

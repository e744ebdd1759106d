import { sql } from "kysely";
import type { Transaction } from "kysely";
import { takeNumbers } from "./sql-access.ts";
import type { SqlTraits } from "./sql-access.ts";
import type { NewEvent } from "../flow/event.ts";
import type { Tables } from "./tables.ts";

/** Append events to the log, in their order and without a gap, inside the caller's transaction. */
export async function appendEvents(
  db: Transaction<Tables>,
  traits: SqlTraits,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const first = await takeNumbers(db, "events", events.length);
  const rows = events.map((event) => [
    event.type,
    event.at,
    event.environment ?? null,
    event.runId ?? null,
    event.dataset ?? null,
    event.data,
  ]);
  await sql`insert into events (sequence, type, at, environment, run_id, dataset, data)
    select cast(${first} as bigint) + position, item ->> 0, item ->> 1, item ->> 2, item ->> 3, item ->> 4, item ->> 5
    from ${traits.listed(rows)}`.execute(db);
}

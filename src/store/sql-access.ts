import { sql } from "kysely";
import type { Kysely, RawBuilder, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** How a dialect differs, as far as the store's one code path has to know. */
export interface SqlTraits {
  /**
   * A list as rows, for lists longer than a statement may have parameters: what goes after `from`, with the
   * columns `position` (from 0) and `item` (JSON, so that `item ->> 0` is the first field of a row).
   */
  readonly listed: (rows: readonly (readonly unknown[])[]) => RawBuilder<unknown>;
  /** Whether a row that is read to be changed has to be locked (`for update`). */
  readonly locksRows: boolean;
  /** Run an action, again while others are in its way; turns the driver's errors into words. The action may run twice. */
  readonly attempt: <T>(action: () => Promise<T>) => Promise<T>;
}

type InTransaction = <T>(action: (transaction: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** The state's tables, reached in transactions only. */
export interface SqlAccess {
  readonly traits: SqlTraits;
  /** Everything the action reads is of one moment. */
  readonly read: InTransaction;
  /** All or nothing, one after the other. */
  readonly write: InTransaction;
}

export function sqlAccess(db: Kysely<Tables>, traits: SqlTraits): SqlAccess {
  return {
    traits,
    read: (action) =>
      traits.attempt(() =>
        db.transaction().setAccessMode("read only").setIsolationLevel("repeatable read").execute(action),
      ),
    write: (action) => traits.attempt(() => db.transaction().execute(action)),
  };
}

/** Take the next `count` numbers; returns the first. Two writers never get the same, and none is left out. */
export async function takeNumbers(
  transaction: Transaction<Tables>,
  counter: "events" | "runs" | "incidents",
  count: number,
): Promise<number> {
  const { value } = await transaction
    .updateTable("counters")
    .set({ value: sql`value + ${count}` })
    .where("name", "=", counter)
    .returning("value")
    .executeTakeFirstOrThrow();
  return Number(value) - count + 1;
}

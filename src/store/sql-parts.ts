import { sql } from "kysely";
import type { Selectable, Transaction } from "kysely";
import { parseDocument } from "./documents.ts";
import { type SqlAccess, type SqlTraits } from "./sql-access.ts";
import { standing } from "./sql-writes.ts";
import type { LedgerPart, Store, Stored } from "./store.ts";
import type { PartsTable, Tables } from "./tables.ts";

/** The ledger of parts over SQL. */
export function sqlLedger({ read, write, traits }: SqlAccess): Pick<Store, "parts" | "saveParts"> {
  return {
    parts: (context) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("parts")
          .selectAll()
          .where("context", "=", context)
          .orderBy("created_at", "desc")
          .orderBy("key")
          .execute();
        return rows.map(partOf);
      }),
    saveParts: (lease, parts) =>
      write(async (db) => {
        await standing(db, traits, lease);
        for (const part of parts) {
          await db
            .insertInto("parts")
            .values({
              key: part.key,
              context: part.file.made.context,
              dataset: part.dataset,
              file: JSON.stringify(part.file),
              created_at: part.at,
              run_id: part.runId,
            })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      }),
  };
}

function partOf(row: Selectable<PartsTable>): LedgerPart {
  return {
    key: row.key,
    dataset: row.dataset,
    file: parseDocument(row.file, `part "${row.key}"`),
    at: row.created_at,
    runId: row.run_id,
  };
}

/** All parts, as something whose files should be there. */
export async function storedParts(db: Transaction<Tables>): Promise<Stored[]> {
  const rows = await db.selectFrom("parts").selectAll().orderBy("dataset").orderBy("key").execute();
  return rows.map(partOf).map(({ key, dataset, file }) => ({ id: key, part: true, dataset, files: [file] }));
}

/** Keys of parts of which nothing is on its way any more: a later version of their dataset was made with them or without. */
export async function settledParts(db: Transaction<Tables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string }>`
    select key from parts where exists (
      select 1 from versions where versions.dataset = parts.dataset and versions.created_at >= parts.created_at)`.execute(
    db,
  );
  return new Set(rows.map(({ key }) => key));
}

/** Strike parts out of the ledger. */
export async function forgetParts(
  db: Transaction<Tables>,
  traits: SqlTraits,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const listed = traits.listed(keys.map((key) => [key]));
  await sql`delete from parts where key in (select item ->> 0 from ${listed})`.execute(db);
}

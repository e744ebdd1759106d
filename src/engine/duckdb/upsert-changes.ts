import { quoteName } from "../../sql/quote.ts";
import type { InputTable, UpsertPart, UpsertRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { standingScan } from "./tables.ts";
import { aliases, isAfter, lastOfEach, sameKey, type UpsertRows } from "./upsert-rows.ts";
import { withTables } from "./with-tables.ts";

/** Tables that exist while changes are judged. */
export const upsertTables = {
  /** The last row of each key that may have changed; `settled` where it is known to stand. */
  changes: "temp.sluice_changes",
  /** Positions of rows of parts that no longer stand. */
  fallen: "temp.sluice_fallen",
  /** Rows of parts beside the change of the same key, by `id`; `stands`: whether it is the change that does. */
  rivals: "temp.sluice_rivals",
  ties: "temp.sluice_ties",
} as const;

const added = "temp.sluice_added";
const removed = "temp.sluice_removed";
/** Keys whose standing row may be one of those that went away. */
const open = "temp.sluice_open";

export async function forgetChanges(database: Database): Promise<void> {
  for (const table of [...Object.values(upsertTables), added, removed, open])
    await database.connection.run(`drop table if exists ${table}`);
}

/**
 * Fill the table of changes: the last row of each key of what came, and of each key of which the row that stands may
 * have gone. The rows of parts that went with it have fallen.
 */
export async function collectChanges(
  database: Database,
  request: UpsertRequest,
  rows: UpsertRows,
): Promise<void> {
  const { inputs, over } = request;
  const { changes, fallen } = upsertTables;
  const reading = <T>(input: InputTable, work: () => Promise<T>): Promise<T> =>
    withTables(database, [...inputs, input], work);
  await database.run(`create or replace temp table ${fallen} (part integer, position bigint)`);
  if (over.removed.files.length === 0) {
    const last = lastOfEach(rows, rows.query);
    await reading(over.added, () =>
      database.run(`create or replace temp table ${changes} as select *, false as settled from (${last})`),
    );
    return;
  }
  for (const [table, input] of [
    [added, over.added],
    [removed, over.removed],
  ] as const)
    await reading(input, () => database.run(`create or replace temp table ${table} as ${rows.query}`));
  await openKeys(database, request, rows);
  // A file that is read again holds mostly what it held: rows on both sides are no change.
  const came = `select * from (from ${added} except from ${removed}) as came anti join ${open} as open on ${sameKey(rows, "came", "open")}`;
  await database.run(
    `create or replace temp table ${changes} as select *, false as settled from (${lastOfEach(rows, came)})`,
  );
  const { keys } = await database.one<{ keys: bigint }>(`select count(*) as keys from ${open}`);
  if (keys === 0n) return;
  const left = `select * from (${rows.query}) as rows semi join ${open} as open on ${sameKey(rows, "rows", "open")}`;
  await reading(over.all, () =>
    database.run(`insert into ${changes} select *, true as settled from (${lastOfEach(rows, left)})`),
  );
  await database.run(`insert into ${fallen} select part, position from ${open}`);
}

/** Keys of rows that went away, unless a later row stands. */
async function openKeys(database: Database, { parts }: UpsertRequest, rows: UpsertRows): Promise<void> {
  const key = aliases(rows.key);
  const order = rows.order.alias;
  const gone = `select ${key}, max(${order}) as last from (from ${removed} except from ${added}) group by ${key}`;
  await database.run(`create or replace temp table ${open} as
    select ${aliases(rows.key, "gone.")}, 0 as part, 0::bigint as position from (${gone}) as gone limit 0`);
  for (const [index, part] of parts.entries()) {
    await database.run(`insert into ${open}
      select ${aliases(rows.key, "stored.")}, ${index}, stored.position
      from (${storedRows(part, [...rows.key, rows.order])}) as stored
      join (${gone}) as gone on ${sameKey(rows, "stored", "gone")}
      where not ${isAfter(`stored.${order}`, "gone.last")}`);
  }
}

/** Rows of a part that stand, some columns of them under their aliases, with their `position`. */
export function storedRows(part: UpsertPart, columns: UpsertRows["columns"]): string {
  const distinct = [...new Set(columns)];
  const list = distinct.map(({ name, alias }) => `part.${quoteName(name)} as ${alias}`);
  return `select part.file_row_number as position, ${list.join(", ")} from ${standingScan(part.file, part.fallen)}`;
}

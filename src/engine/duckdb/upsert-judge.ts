import type { UpsertRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { storedRows, upsertTables } from "./upsert-changes.ts";
import { aliases, isAfter, sameKey, type UpsertRows } from "./upsert-rows.ts";

const { changes, fallen, rivals, ties } = upsertTables;

/** Judge changes against the rows of the same keys that stand in parts: the later one stands, the other falls. */
export async function judgeParts(
  database: Database,
  request: UpsertRequest,
  rows: UpsertRows,
): Promise<void> {
  const [change, kept] = [`change.${rows.order.alias}`, `stored.${rows.order.alias}`];
  await database.run(
    `create or replace temp table ${rivals} (part integer, position bigint, id bigint, stands boolean)`,
  );
  for (const [index, part] of request.parts.entries()) {
    await database.run(`insert into ${rivals}
      select ${index}, stored.position, change.rowid,
        case when ${isAfter(change, kept)} then true when ${change} is not distinct from ${kept} then null else false end
      from (${storedRows(part, [...rows.key, rows.order])}) as stored
      join ${changes} as change on ${sameKey(rows, "stored", "change")}
      where not change.settled`);
  }
  await settleTies(database, request, rows);
  await database.run(`insert into ${fallen} select part, position from ${rivals} where stands`);
}

/** Where the order does not tell, the whole rows do. Of two that are the same, the one that is kept already stays. */
async function settleTies(database: Database, request: UpsertRequest, rows: UpsertRows): Promise<void> {
  const tied = await database.all<{ part: number }>(
    `select distinct part from ${rivals} where stands is null order by part`,
  );
  if (tied.length === 0) return;
  await database.run(`create or replace temp table ${ties} as
    select rival.id, false as kept, ${aliases(rows.columns, "change.")}
    from ${changes} as change join ${rivals} as rival on rival.id = change.rowid where rival.stands is null`);
  for (const { part } of tied) {
    const stored = request.parts[part];
    if (stored === undefined) throw new Error(`there is no part ${part}`);
    await database.run(`insert into ${ties}
      select rival.id, true, ${aliases(rows.columns, "stored.")}
      from (${storedRows(stored, rows.columns)}) as stored
      join ${rivals} as rival on rival.position = stored.position
      where rival.part = ${part} and rival.stands is null`);
  }
  const first = `select id, kept from ${ties} qualify row_number() over (partition by id order by ${rows.lastFirst}, kept desc) = 1`;
  await database.run(
    `update ${rivals} set stands = not won.kept from (${first}) as won where won.id = ${rivals}.id and stands is null`,
  );
}

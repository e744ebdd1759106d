import { sql } from "kysely";
import type { Transaction } from "kysely";
import { foldIncident, type Incident, type IncidentChange, type IncidentOccasion } from "../flow/incident.ts";
import { judgeIncidents } from "../flow/judge-incidents.ts";
import type { Observation } from "../flow/observation.ts";
import { parseDocument } from "./documents.ts";
import { takeNumbers } from "./sql-access.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import { appendEvents } from "./sql-events.ts";
import type { Store } from "./store.ts";
import type { NewEvent } from "../flow/event.ts";
import type { Tables } from "./tables.ts";

/** In words of SQL and not as a parameter, so that the index of what is not resolved serves. */
const unresolved = sql<boolean>`resolved = 0`;

/** Incidents over SQL: each as its events left it, written in the transaction that appends those. */
export function sqlIncidents({ read, write, traits }: SqlAccess): Pick<Store, "incidents" | "actOnIncident"> {
  return {
    incidents: (limit, of = {}) =>
      read(async (db) => {
        let query = db.selectFrom("incidents").select(["id", "document"]).orderBy("id", "desc").limit(limit);
        if (of.environment !== undefined) query = query.where("environment", "=", of.environment);
        if (of.unresolved === true) query = query.where(unresolved);
        if (of.id !== undefined) query = query.where("id", "=", of.id);
        if (of.runId !== undefined) query = query.where("run_id", "=", of.runId);
        return (await query.execute()).map(incidentOf);
      }),
    actOnIncident: (id, { change, at, who }) =>
      write(async (db) => {
        const query = db.selectFrom("incidents").select(["id", "document"]).where("id", "=", id);
        const row = await (traits.locksRows ? query.forUpdate() : query).executeTakeFirst();
        if (row === undefined) return undefined;
        const before = incidentOf(row);
        if (before.state === "resolved") return before;
        const occasion = { environment: before.environment, at, who };
        return (await apply(db, traits, [{ id, before, change }], occasion))[0];
      }),
  };
}

/** Let what was found open, move on and resolve incidents, inside the caller's transaction. */
export async function observe(
  db: Transaction<Tables>,
  traits: SqlTraits,
  observation: Observation,
  release?: number,
): Promise<void> {
  const query = db
    .selectFrom("incidents")
    .select(["id", "document"])
    .where("environment", "=", observation.environment)
    .where(unresolved)
    .orderBy("id");
  const open = (await (traits.locksRows ? query.forUpdate() : query).execute()).map(incidentOf);
  const changes = judgeIncidents(open, observation, release);
  if (changes.length === 0) return;
  const fresh = changes.filter(({ id }) => id === undefined).length;
  let next = fresh === 0 ? 0 : await takeNumbers(db, "incidents", fresh);
  const known = new Map(open.map((incident) => [incident.id, incident]));
  const { environment, at, who, runId } = observation;
  const numbered = changes.map(({ id, change }) =>
    id === undefined ? { id: next++, before: undefined, change } : { id, before: known.get(id), change },
  );
  await apply(db, traits, numbered, { environment, at, who, ...(runId === undefined ? {} : { runId }) });
}

interface NumberedChange {
  readonly id: number;
  readonly before: Incident | undefined;
  readonly change: IncidentChange;
}

/** Append the events of changes, and keep what comes of them. */
async function apply(
  db: Transaction<Tables>,
  traits: SqlTraits,
  changes: readonly NumberedChange[],
  occasion: IncidentOccasion,
): Promise<readonly Incident[]> {
  const { environment, at, who, runId } = occasion;
  const after = changes.map(({ id, before, change }) => foldIncident(id, before, change, occasion));
  const rows = after.map((incident) => [
    incident.id,
    environment,
    runId ?? null,
    incident.state === "resolved" ? 1 : 0,
    JSON.stringify(incident),
  ]);
  await sql`insert into incidents (id, environment, run_id, resolved, document)
    select cast(item ->> 0 as bigint), item ->> 1, item ->> 2, cast(item ->> 3 as bigint), item ->> 4 from ${traits.listed(rows)} where true
    on conflict (id) do update set run_id = coalesce(excluded.run_id, incidents.run_id), resolved = excluded.resolved, document = excluded.document`.execute(
    db,
  );
  const events = changes.map(({ id, change: { what, ...data } }, index): NewEvent => {
    const dataset = after[index]?.dataset;
    return {
      type: `incident.${what}`,
      at,
      environment,
      ...(runId === undefined ? {} : { runId }),
      ...(dataset === undefined ? {} : { dataset }),
      data: { incident: id, who, ...data },
    };
  });
  await appendEvents(db, traits, events);
  return after;
}

function incidentOf({ id, document }: { readonly id: number; readonly document: string }): Incident {
  return parseDocument<Incident>(document, `incident ${id}`);
}

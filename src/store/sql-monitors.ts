import { sql } from "kysely";
import type { Transaction } from "kysely";
import type { Profile } from "../graph/profile.ts";
import { instant, parseDocument, unpackDocument } from "./documents.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import type { Publication, Store } from "./store.ts";
import type { MonitorFeedback, MonitorPoint } from "../quality/monitors/monitor-point.ts";
import type { MeasuresTable, Tables } from "./tables.ts";

/** What monitors know, over SQL. */
export function sqlMonitors({
  read,
  write,
  traits,
}: SqlAccess): Pick<Store, "profiles" | "monitorPoints" | "monitorFeedback" | "saveFeedback"> {
  const keyed = (names: readonly string[]) => traits.listed([...new Set(names)].map((name) => [name]));
  return {
    profiles: (versions) =>
      read(async (db) => {
        const { rows } = await sql<{ version: string; document: Uint8Array }>`
          select p.* from ${keyed(versions)} join profiles p on p.version = item ->> 0`.execute(db);
        return new Map(
          rows.map(({ version, document }) => [
            version,
            unpackDocument<Profile>(document, `the profile of version "${version}"`),
          ]),
        );
      }),
    monitorPoints: (environment, datasets, limit) =>
      read(async (db) => {
        const points = await newestPoints(db, environment, keyed(datasets), limit);
        return Map.groupBy(points, ({ dataset }) => dataset);
      }),
    monitorFeedback: (environment) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("feedback")
          .selectAll()
          .where("environment", "=", environment)
          .orderBy("at")
          .orderBy("dataset")
          .execute();
        return rows.map(({ word, ...row }): MonitorFeedback => ({ ...row, feedback: word }));
      }),
    saveFeedback: ({ feedback, at, ...said }) =>
      write(async (db) => {
        const word = { word: feedback, at: instant(at), who: said.who, why: said.why };
        await db
          .insertInto("feedback")
          .values({ ...said, ...word })
          .onConflict((conflict) => conflict.columns(["environment", "dataset", "version"]).doUpdateSet(word))
          .execute();
      }),
  };
}

async function newestPoints(
  db: Transaction<Tables>,
  environment: string,
  datasets: ReturnType<SqlTraits["listed"]>,
  limit: number,
): Promise<readonly MonitorPoint[]> {
  const { rows } = await sql<MeasuresTable & { readonly word: "expected" | "real" | null }>`
    select newest.*, f.word from (
      select m.*, row_number() over (partition by m.dataset order by m.number desc) as place
      from ${datasets} join measures m on m.environment = ${environment} and m.dataset = item ->> 0) as newest
    left join feedback f
      on f.environment = newest.environment and f.dataset = newest.dataset and f.version = newest.version
    where place <= ${limit} order by newest.dataset, newest.number`.execute(db);
  return rows.map(({ dataset, number, version, at, definition, measured, findings, word }) => {
    const what = `what monitors measured of ${dataset} in release ${number}`;
    const found = parseDocument<MonitorPoint["findings"]>(findings, what);
    return {
      dataset,
      release: Number(number),
      version,
      at,
      definition,
      measures: parseDocument(measured, what),
      findings: found,
      alarms: found.map(({ name }) => name),
      ...(word === null ? {} : { feedback: word }),
    };
  });
}

/** Enter what was measured with the release that it was measured for. */
export async function appendMeasures(
  db: Transaction<Tables>,
  traits: SqlTraits,
  { environment, at, measures = [] }: Publication,
  number: number,
): Promise<void> {
  if (measures.length === 0) return;
  const rows = measures.map(({ dataset, version, definition, measures: measured, findings }) => [
    dataset,
    version,
    definition,
    JSON.stringify(measured),
    JSON.stringify(findings),
  ]);
  await sql`insert into measures (environment, dataset, number, version, at, definition, measured, findings)
    select ${environment}, item ->> 0, cast(${number} as bigint), item ->> 1, ${instant(at)}, item ->> 2, item ->> 3, item ->> 4
    from ${traits.listed(rows)}`.execute(db);
}

import { sql } from "kysely";
import type { Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import type { SourceManifest } from "../graph/delivery.ts";
import { allFiles, type StoredFile } from "../graph/stored-file.ts";
import { instant, parseDocument, unpackDocument } from "./documents.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import { addTargets, heldTargets, readers } from "./sql-keep.ts";
import { forgetParts, settledParts, storedParts } from "./sql-parts.ts";
import { holdingOf } from "./sql-writes.ts";
import type { Collected, Collection, Store, Stored } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Letting go of old versions over SQL: what is needed is decided where it cannot change meanwhile. */
export function sqlCollector({ read, write, traits }: SqlAccess): Pick<Store, "collect" | "lose" | "stored"> {
  return {
    stored: () => read(async (db) => [...(await storedVersions(db)), ...(await storedParts(db))]),
    lose: (versions, { at, isAlive }) =>
      write(async (db) => {
        await refuseWriters(db, traits, isAlive);
        await letGo(db, traits, versions, instant(at));
        await forgetParts(db, traits, versions);
        await db.deleteFrom("settled").execute();
      }),
    collect: (collection) =>
      write(async (db) => {
        await refuseWriters(db, traits, collection.isAlive);
        const needed = await neededVersions(db, collection.keep);
        const released = needed.size;
        await addTargets(db, needed, await heldTargets(db));
        await addRead(db, needed);
        const withHolds = needed.size;
        const { reading, gone } = await readers(db, collection.isReading);
        await addTargets(db, needed, reading);
        await addRead(db, needed);
        const kept = { held: withHolds - released, read: needed.size - withHolds };
        const old = await versionsBut(db, needed);
        const ids = old.map(({ id }) => id);
        const without = new Set(ids);
        const staying = (await storedVersions(db)).filter(({ id }) => !without.has(id));
        const settled = await settledParts(db);
        staying.push(...(await storedParts(db)).filter(({ id }) => !settled.has(id)));
        if (collection.apply) {
          await letGo(db, traits, ids, instant(collection.at));
          await forgetParts(db, traits, [...settled]);
          if (gone.length > 0) await db.deleteFrom("pins").where("id", "in", gone).execute();
        }
        return {
          versions: old,
          keys: new Set(staying.flatMap(({ files }) => files.map(({ key }) => key))),
          kept,
        };
      }),
  };
}

/** A run may take up any version that it finds, so none may be on its way. Errors: `environment-busy`. */
export async function refuseWriters(
  db: Transaction<Tables>,
  traits: SqlTraits,
  isAlive: Collection["isAlive"],
): Promise<void> {
  const query = db.selectFrom("environments").selectAll().orderBy("name");
  for (const row of await (traits.locksRows ? query.forUpdate() : query).execute()) {
    const holding = holdingOf(row);
    if (holding === undefined || !isAlive(holding.holder, holding)) continue;
    const { pid, who, host } = holding.holder;
    throw new SluiceError(
      "environment-busy",
      `environment "${row.name}" is being written to by process ${pid} of "${who}" on "${host}"`,
      { hint: "wait until it has finished; nothing was changed" },
    );
  }
}

/** Versions that a kept release of any environment points to, and refused candidates that may be looked at. */
async function neededVersions(db: Transaction<Tables>, keep: number): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const { name, release, held } of await db.selectFrom("environments").selectAll().execute()) {
    const first = Math.max(1, Number(release) - keep + 1);
    const { rows } = await sql<{ version: string }>`
      select version from (
        select version, row_number() over (partition by dataset order by number desc) as place
        from release_pointers where environment = ${name} and number <= cast(${first} as bigint) and number >= coalesce(
          (select full_number from releases where environment = ${name} and number = cast(${first} as bigint)), 0)
      ) as standing where place = 1 and version is not null
      union select version from release_pointers
      where environment = ${name} and number > cast(${first} as bigint) and version is not null`.execute(db);
    for (const { version } of rows) needed.add(version);
    const heldNow = parseDocument<Record<string, { readonly candidate?: string }>>(
      held,
      `environment "${name}"`,
    );
    for (const { candidate } of Object.values(heldNow)) if (candidate !== undefined) needed.add(candidate);
  }
  await addRead(db, needed);
  return needed;
}

/** A view has no files: what it reads is needed as long as it is, whatever its inputs point to by now. */
async function addRead(db: Transaction<Tables>, needed: Set<string>): Promise<void> {
  const rows = await db
    .selectFrom("versions")
    .select(["id", "inputs"])
    .where("query", "is not", null)
    .where("gone", "is", null)
    .execute();
  const views = new Map(rows.map((row) => [row.id, row.inputs]));
  // What is added here is walked as well.
  for (const id of needed) for (const read of readBy(views.get(id) ?? "{}", id)) needed.add(read);
}

const readBy = (inputs: string, id: string): readonly string[] =>
  Object.values(parseDocument<Readonly<Record<string, string>>>(inputs, `version "${id}"`));

async function versionsBut(
  db: Transaction<Tables>,
  needed: ReadonlySet<string>,
): Promise<Collected["versions"]> {
  const rows = await db
    .selectFrom("versions")
    .select(["id", "dataset", "byte_count", "created_at"])
    .where("gone", "is", null)
    .orderBy("dataset")
    .orderBy("created_at")
    .execute();
  return rows
    .filter(({ id }) => !needed.has(id))
    .map((row) => ({
      id: row.id,
      dataset: row.dataset,
      bytes: Number(row.byte_count),
      createdAt: row.created_at,
    }));
}

/** What is known of a version stays; only nobody finds it any more. */
async function letGo(
  db: Transaction<Tables>,
  traits: SqlTraits,
  versions: readonly string[],
  at: string,
): Promise<void> {
  if (versions.length === 0) return;
  const ids = traits.listed(versions.map((id) => [id]));
  await sql`update versions set gone = ${at} where id in (select item ->> 0 from ${ids})`.execute(db);
  await sql`delete from profiles where version in (select item ->> 0 from ${ids})`.execute(db);
  await sql`delete from builds where version in (select item ->> 0 from ${ids})`.execute(db);
}

/** Every version whose files were not let go. */
async function storedVersions(db: Transaction<Tables>): Promise<Stored[]> {
  const rows = await db
    .selectFrom("versions")
    .leftJoin("manifests", "manifests.version", "versions.id")
    .select(["id", "dataset", "files", "quarantine", "inputs", "query", "manifests.document as manifest"])
    .where("gone", "is", null)
    .orderBy("dataset")
    .orderBy("id")
    .execute();
  return rows.map(({ id, dataset, files, quarantine, inputs, query, manifest }) => {
    const what = `version "${id}"`;
    const raw =
      manifest === null ? undefined : unpackDocument<Pick<SourceManifest, "raw">>(manifest, what).raw;
    const lists = [parseDocument(files, what), parseDocument(quarantine, what), raw ?? []];
    const stored = { id, dataset, files: allFiles(lists.flat() as StoredFile[]) };
    return query === null ? stored : { ...stored, reads: readBy(inputs, id) };
  });
}

import { sql } from "kysely";
import type { Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import type { SourceManifest } from "../graph/delivery.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import { parseDocument, unpackDocument } from "./documents.ts";
import type { SqlAccess } from "./sql-access.ts";
import { appendEvents } from "./sql-events.ts";
import { pointersAt } from "./sql-reads.ts";
import type { Holder, KeptTarget, LegalHold, Pin, Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** What is kept whatever releases need, over SQL. */
export function sqlKeeper({
  read,
  write,
  traits,
}: SqlAccess): Pick<
  Store,
  | "legalHolds"
  | "pins"
  | "versionsOfDataset"
  | "keysOf"
  | "addLegalHold"
  | "removeLegalHold"
  | "pin"
  | "unpin"
> {
  return {
    legalHolds: () => read(allHolds),
    pins: () => read(allPins),
    versionsOfDataset: (dataset) => read((db) => versionsOf(db, dataset)),
    keysOf: (targets) =>
      read(async (db) => {
        const versions = new Set<string>();
        await addTargets(db, versions, targets);
        return keysOf(db, versions);
      }),
    addLegalHold: (hold) =>
      write(async (db) => {
        // So that nobody decides at the same moment what is let go.
        const environments = db.selectFrom("environments").select("name").orderBy("name");
        await (traits.locksRows ? environments.forUpdate() : environments).execute();
        await refuseGone(db, hold.target);
        const { id, target, at, who, why } = hold;
        await db
          .insertInto("legal_holds")
          .values({ id, target: JSON.stringify(target), at, who, why })
          .execute();
        await appendEvents(db, traits, [{ type: "hold.added", at, data: { id, target, who, why } }]);
      }),
    removeLegalHold: (id, { at, who, why }) =>
      write(async (db) => {
        const { numDeletedRows } = await db.deleteFrom("legal_holds").where("id", "=", id).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await appendEvents(db, traits, [{ type: "hold.removed", at, data: { id, who, why } }]);
        return true;
      }),
    pin: ({ id, holder, targets }) =>
      write(async (db) => {
        await db
          .insertInto("pins")
          .values({ id, holder: JSON.stringify(holder), beat: 1, targets: JSON.stringify(targets) })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ beat: sql`pins.beat + 1` }))
          .execute();
      }),
    unpin: (id) =>
      write(async (db) => {
        await db.deleteFrom("pins").where("id", "=", id).execute();
      }),
  };
}

async function allHolds(db: Transaction<Tables>): Promise<readonly LegalHold[]> {
  const rows = await db.selectFrom("legal_holds").selectAll().orderBy("at").orderBy("id").execute();
  return rows.map((row) => ({ ...row, target: parseDocument(row.target, `hold "${row.id}"`) }));
}

async function allPins(db: Transaction<Tables>): Promise<readonly Pin[]> {
  const rows = await db.selectFrom("pins").selectAll().orderBy("id").execute();
  return rows.map(({ id, holder, beat, targets }) => {
    const what = `the reader "${id}"`;
    return {
      id,
      holder: parseDocument<Holder>(holder, what),
      beat: Number(beat),
      targets: parseDocument(targets, what),
    };
  });
}

/** What legal holds keep. */
export async function heldTargets(db: Transaction<Tables>): Promise<readonly KeptTarget[]> {
  return (await allHolds(db)).map(({ target }) => target);
}

/** What living readers keep, and the pins of the dead. */
export async function readers(
  db: Transaction<Tables>,
  isReading: (pin: Pin) => boolean,
): Promise<{ readonly reading: readonly KeptTarget[]; readonly gone: readonly string[] }> {
  const pins = await allPins(db);
  const living = pins.filter(isReading);
  const gone = pins.filter((pin) => !living.includes(pin)).map(({ id }) => id);
  return { reading: living.flatMap(({ targets }) => targets), gone };
}

/** Add the versions that targets keep; what is not there any more keeps nothing. */
export async function addTargets(
  db: Transaction<Tables>,
  versions: Set<string>,
  targets: readonly KeptTarget[],
): Promise<void> {
  for (const target of targets) {
    if ("version" in target) versions.add(target.version);
    else if ("dataset" in target) {
      for (const id of await versionsOf(db, target.dataset)) versions.add(id);
    } else {
      for (const id of await publishedBy(db, target.environment, target.release)) versions.add(id);
    }
  }
}

/** Every version of a dataset, also from before it was renamed. */
async function versionsOf(db: Transaction<Tables>, dataset: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from versions where dataset = ${dataset} or dataset in (
      select v.dataset from release_pointers p join versions v on v.id = p.version where p.dataset = ${dataset})`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** What a release points to, and the candidates that it refused. */
async function publishedBy(
  db: Transaction<Tables>,
  environment: string,
  release: number,
): Promise<readonly string[]> {
  const row = await db
    .selectFrom("releases")
    .select("held")
    .where("environment", "=", environment)
    .where("number", "=", release)
    .executeTakeFirst();
  if (row === undefined) return [];
  const held = parseDocument<Record<string, { readonly candidate?: string }>>(
    row.held,
    `release ${release} of "${environment}"`,
  );
  const pointers = [...(await pointersAt(db, environment, release)).values()];
  return [
    ...pointers.map(({ version }) => version),
    ...Object.values(held).flatMap(({ candidate }) => candidate ?? []),
  ];
}

/** Nobody can promise what is gone. Of a whole dataset, it is what is left that is kept. Errors: `version-gone`. */
async function refuseGone(db: Transaction<Tables>, target: KeptTarget): Promise<void> {
  if ("dataset" in target) return;
  const versions = new Set<string>();
  await addTargets(db, versions, [target]);
  for (const id of versions) {
    const row = await db
      .selectFrom("versions")
      .select(["dataset", "gone"])
      .where("id", "=", id)
      .executeTakeFirst();
    if (row === undefined || row.gone === null) continue;
    throw new SluiceError("version-gone", `data of "${row.dataset}" was let go at ${row.gone}`, {
      hint: "it cannot be held any more; sluice hold add <schema.dataset> holds what is left of a dataset",
    });
  }
}

async function keysOf(db: Transaction<Tables>, versions: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  // Views have no files; what they read does. What is added is walked as well.
  const all = new Set(versions);
  for (const id of all) {
    const row = await db
      .selectFrom("versions")
      .leftJoin("manifests", "manifests.version", "versions.id")
      .select(["files", "quarantine", "inputs", "query", "manifests.document as manifest"])
      .where("id", "=", id)
      .executeTakeFirst();
    if (row === undefined) continue;
    const what = `version "${id}"`;
    const raw =
      row.manifest === null
        ? []
        : (unpackDocument<Pick<SourceManifest, "raw">>(row.manifest, what).raw ?? []);
    const files = parseDocument<readonly StoredFile[]>(row.files, what);
    const quarantine = parseDocument<readonly StoredFile[]>(row.quarantine, what);
    for (const { key } of [...files, ...quarantine, ...raw]) keys.add(key);
    if (row.query === null) continue;
    const inputs = parseDocument<Readonly<Record<string, string>>>(row.inputs, what);
    for (const input of Object.values(inputs)) all.add(input);
  }
  return keys;
}

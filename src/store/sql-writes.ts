import { sql } from "kysely";
import type { Selectable, Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { packDocument, parseDocument, versionRow } from "./documents.ts";
import { packGraph } from "./graph-document.ts";
import type { SqlAccess, SqlTraits } from "./sql-access.ts";
import type { Audit, Holder, Holding, Lease, Settled, Store } from "./store.ts";
import type { EnvironmentsTable, Tables } from "./tables.ts";

type Writes = Pick<
  Store,
  "acquire" | "yield" | "saveGraph" | "saveVersion" | "saveAudit" | "alias" | "settle"
>;

/** The writing half of a store over SQL, without publication. */
export function sqlWriter(access: SqlAccess): Writes {
  const { write, traits } = access;
  const leased = <T>(lease: Lease, action: (db: Transaction<Tables>) => Promise<T>): Promise<T> =>
    write(async (db) => {
      await standing(db, traits, lease);
      return action(db);
    });
  return {
    acquire: (environment, holder, isAlive) =>
      write((db) => acquire(db, traits, environment, holder, isAlive)),
    yield: (lease) =>
      write(async (db) => {
        await db
          .updateTable("environments")
          .set({ holder: null })
          .where("name", "=", lease.environment)
          .where("epoch", "=", lease.epoch)
          .execute();
      }),
    saveGraph: (hash, graph) => saveGraph(access, hash, graph),
    saveVersion: (lease, version, audit) => leased(lease, (db) => saveVersion(db, version, audit)),
    saveAudit: (lease, audit) => leased(lease, (db) => saveAudit(db, audit)),
    alias: (lease, buildKey, version) =>
      leased(lease, async (db) => {
        await db
          .insertInto("builds")
          .values({ build_key: buildKey, version })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),
    settle: (lease, settled) => leased(lease, (db) => saveSettled(db, settled)),
  };
}

/** Remember that an environment needs nothing. */
export async function saveSettled(db: Transaction<Tables>, settled: Settled): Promise<void> {
  const document = JSON.stringify(settled);
  await db
    .insertInto("settled")
    .values({ environment: settled.environment, document })
    .onConflict((conflict) => conflict.column("environment").doUpdateSet({ document }))
    .execute();
}

/** The environment of a lease that still holds, locked against change. Errors: `lease-lost`. */
export async function standing(
  db: Transaction<Tables>,
  traits: SqlTraits,
  lease: Lease,
): Promise<Selectable<EnvironmentsTable>> {
  const row = await lockedEnvironment(db, traits, lease.environment);
  if (row !== undefined && Number(row.epoch) === lease.epoch && row.holder !== null) return row;
  const now =
    row === undefined
      ? "the environment is gone"
      : Number(row.epoch) === lease.epoch
        ? "it was given back"
        : `epoch ${lease.epoch} ended when ${await successor(db, row)} took epoch ${row.epoch}`;
  throw new SluiceError(
    "lease-lost",
    `the right to write to environment "${lease.environment}" has passed on: ${now}; nothing more was published here`,
    {
      hint: "nothing is lost: what was finished is kept, and whoever took over goes on from there; sluice runs tells how",
    },
  );
}

/** Who took over an environment: who holds it, else whose run it was. */
async function successor(db: Transaction<Tables>, row: Selectable<EnvironmentsTable>): Promise<string> {
  if (row.holder !== null) return described(holderOf(row.holder, row.name));
  const run = await db
    .selectFrom("runs")
    .select(["id", "request"])
    .where("environment", "=", row.name)
    .where("epoch", "=", row.epoch)
    .limit(1)
    .executeTakeFirst();
  if (run === undefined || run.request === null) return "somebody else";
  return `run ${run.id} of "${parseDocument<{ readonly who: string }>(run.request, `run "${run.id}"`).who}"`;
}

async function lockedEnvironment(
  db: Transaction<Tables>,
  traits: SqlTraits,
  name: string,
): Promise<Selectable<EnvironmentsTable> | undefined> {
  const query = db.selectFrom("environments").selectAll().where("name", "=", name);
  return (traits.locksRows ? query.forUpdate() : query).executeTakeFirst();
}

/** Take the right to write inside the caller's transaction. Errors: `environment-busy`. */
export async function acquire(
  db: Transaction<Tables>,
  traits: SqlTraits,
  environment: string,
  holder: Holder,
  isAlive: Parameters<Store["acquire"]>[2],
): Promise<Lease> {
  await db
    .insertInto("environments")
    .values({ name: environment, release: 0, epoch: 0, beat: 0, holder: null, held: "{}" })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await lockedEnvironment(db, traits, environment);
  if (row === undefined) throw new Error(`environment "${environment}" was created but is not there`);
  const holding = holdingOf(row);
  if (holding !== undefined && isAlive(holding.holder, holding)) {
    const other = holding.holder;
    throw new SluiceError(
      "environment-busy",
      `environment "${environment}" is being written to by ${described(other)}${await since(db, row)}`,
      {
        hint: `wait until it has finished, or stop process ${other.pid} and run again: what it finished is not built twice`,
      },
    );
  }
  const epoch = Number(row.epoch) + 1;
  await db
    .updateTable("environments")
    .set({ epoch, holder: JSON.stringify(holder) })
    .where("name", "=", environment)
    .execute();
  return { environment, epoch, holder };
}

/** Who holds an environment's lease. */
export function holdingOf(
  row: Pick<Selectable<EnvironmentsTable>, "name" | "holder" | "epoch" | "beat">,
): Holding | undefined {
  if (row.holder === null) return undefined;
  return { holder: holderOf(row.holder, row.name), epoch: Number(row.epoch), beat: Number(row.beat) };
}

function holderOf(text: string, environment: string): Holder {
  return parseDocument<Holder>(text, `who writes to environment "${environment}"`);
}

function described({ pid, host, who }: Holder): string {
  return `process ${pid} of "${who}" on "${host}"`;
}

/** When the holder's run began, where it has one. */
async function since(
  db: Transaction<Tables>,
  { name, epoch }: Selectable<EnvironmentsTable>,
): Promise<string> {
  const run = await db
    .selectFrom("runs")
    .select("started_at")
    .where("environment", "=", name)
    .where("epoch", "=", epoch)
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
  return run === undefined ? "" : `, since ${run.started_at}`;
}

async function saveGraph({ read, write }: SqlAccess, hash: string, graph: Graph): Promise<void> {
  const known = await read((db) =>
    db.selectFrom("graphs").select("hash").where("hash", "=", hash).executeTakeFirst(),
  );
  if (known !== undefined) return;
  const document = packGraph(graph);
  await write(async (db) => {
    await db
      .insertInto("graphs")
      .values({ hash, document })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

async function saveVersion(
  db: Transaction<Tables>,
  version: Parameters<Store["saveVersion"]>[1],
  audit: Audit,
): Promise<string> {
  const winner = await db
    .selectFrom("builds")
    .innerJoin("versions", "versions.id", "builds.version")
    .select(["versions.id", "versions.content_hash"])
    .where("builds.build_key", "=", version.buildKey)
    .executeTakeFirst();
  if (winner !== undefined) {
    // The verdict is on this candidate's rows: it holds for the winner only where those are the same.
    if (winner.content_hash === version.contentHash) await saveAudit(db, { ...audit, version: winner.id });
    return winner.id;
  }
  await db.insertInto("versions").values(versionRow(version)).execute();
  if (version.manifest !== undefined) {
    await db
      .insertInto("manifests")
      .values({ version: version.id, document: packDocument(version.manifest) })
      .execute();
  }
  if (version.profile !== undefined) {
    await db
      .insertInto("profiles")
      .values({ version: version.id, document: packDocument(version.profile) })
      .execute();
  }
  await db.insertInto("builds").values({ build_key: version.buildKey, version: version.id }).execute();
  await saveAudit(db, { ...audit, version: version.id });
  return version.id;
}

async function saveAudit(db: Transaction<Tables>, audit: Audit): Promise<void> {
  const verdict = JSON.stringify(audit.verdict);
  await db
    .insertInto("audits")
    .values({ version: audit.version, audit_fingerprint: audit.auditFingerprint, verdict })
    .onConflict((conflict) =>
      conflict.columns(["version", "audit_fingerprint"]).doUpdateSet({ verdict: sql`excluded.verdict` }),
    )
    .execute();
}

import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { Kysely, sql } from "kysely";
import { SluiceError } from "../errors.ts";
import { migrate, refuseNewer, schemaVersion } from "./migrations.ts";
import type { SchemaAccess, SchemaWords } from "./migrations.ts";
import { patiently } from "./patience.ts";
import { sqlAccess } from "./sql-access.ts";
import type { SqlTraits } from "./sql-access.ts";
import { sqlStore } from "./sql-store.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { damaged, explainSqlite, isBusy } from "./sqlite-errors.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

export interface SqliteOptions {
  /** Milliseconds to wait for other processes that write; then `environment-busy`. */
  readonly patience?: number;
}

/** Marks a SQLite file as a state of Sluice: "SLUI". */
const applicationId = 0x53_4c_55_49;

/** Milliseconds SQLite itself waits for a lock. Short: it blocks the event loop meanwhile. */
const blockingWait = 10;

const words: SchemaWords = {
  text: "text",
  integer: "integer",
  real: "real",
  bytes: "blob",
  table: "strict",
  ordered: "strict, without rowid",
};

/**
 * Open the state in a SQLite file, creating it and its directory where needed. Many processes may have it
 * open at once. Errors: `state-newer`, `state-damaged`, `disk-read-only`, `disk-full`, `environment-busy`.
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<Store> {
  const file = resolve(path);
  const patience = options.patience ?? 30_000;
  const { database, refuseChanged } = await attempting(file, patience, async () => connect(file));
  const attempt: SqlTraits["attempt"] = (action) =>
    attempting(file, patience, () => action().finally(refuseChanged));
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database) });
  const access = sqlAccess(db, { attempt, locksRows: false, listed: listedJson });
  try {
    if ((await attempt(async () => foundVersion(database, file))) !== schemaVersion) {
      await attempt(async () => database.exec("pragma journal_mode = wal"));
      await access.write((transaction) => migrate(transaction, words, schemaOf(database, file), file));
    }
  } catch (error) {
    database.close();
    throw error;
  }
  return sqlStore(access, async () => {
    await db.destroy();
    // Kysely does not close what it never used.
    if (database.isOpen) database.close();
  });
}

interface Connection {
  readonly database: DatabaseSync;
  /** Errors: `environment-busy`, when what was read may be of two moments. */
  readonly refuseChanged: () => void;
}

function connect(file: string): Connection {
  if (existsSync(file) && !mayWriteBeside(file)) return connectForReading(file);
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: blockingWait, enableForeignKeyConstraints: true });
  try {
    // Every commit is on the disk before anybody is told of it.
    database.exec("pragma synchronous = full");
    return { database, refuseChanged: () => undefined };
  } catch (error) {
    database.close();
    // To read is to keep an index of the log, and a full disk has no room for one.
    if (isDiskFull(error, file)) return connectForReading(file);
    throw error;
  }
}

/** Whether this user may make files beside it, as SQLite does for whoever writes, and for whoever reads what others write. */
function mayWriteBeside(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isDiskFull(error: unknown, file: string): boolean {
  const explained = explainSqlite(error, file);
  return explained instanceof SluiceError && explained.code === "disk-full";
}

/** What is published stays readable where nothing may be written; SQLite tells whoever writes. */
function connectForReading(file: string): Connection {
  const address = pathToFileURL(file);
  const written = (): bigint => statSync(file, { bigint: true }).mtimeNs;
  const before = written();
  const logged = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  // SQLite would make an index of the log to read by; without a log, and with no way to write one, none is needed.
  if (!logged) address.searchParams.set("immutable", "1");
  return {
    database: new DatabaseSync(address, { readOnly: true }),
    refuseChanged: () => {
      // Whoever may write does not know of readers without an index, and moves what he wrote from his log into the file.
      if (logged || written() === before) return;
      throw new SluiceError(
        "environment-busy",
        `the state "${file}" was written to while it was read, by somebody who may`,
        { hint: "run again; whoever may write to its directory as well is not disturbed" },
      );
    },
  };
}

/** The schema of the file, in one cheap question. Errors: `state-newer`, `state-damaged` when it is not a state. */
function foundVersion(database: DatabaseSync, file: string): number {
  const found = database
    .prepare(
      `select user_version as version, application_id as application, (select count(*) from sqlite_schema) as tables
       from pragma_user_version, pragma_application_id`,
    )
    .get();
  const version = Number(found?.["version"]);
  const ours = found?.["application"] === applicationId;
  if (!ours && (version !== 0 || found?.["tables"] !== 0)) {
    throw damaged(`"${file}" is a SQLite database, but not a state of Sluice`);
  }
  refuseNewer(version, file);
  return version;
}

/** On the one connection there is, in whatever transaction it is. Kysely would keep each statement prepared, for nobody. */
function schemaOf(database: DatabaseSync, file: string): SchemaAccess {
  return {
    read: async () => foundVersion(database, file),
    run: async (_, statements) => statements.forEach((statement) => database.exec(statement)),
    write: async (_, version) =>
      database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${version}`),
  };
}

function listedJson(rows: readonly (readonly unknown[])[]) {
  return sql`(select key as position, value as item from json_each(${JSON.stringify(rows)}))`;
}

/** Sleeping between attempts, unlike waiting in SQLite, lets other work go on. */
async function attempting<T>(file: string, patience: number, action: () => Promise<T>): Promise<T> {
  try {
    return await patiently(action, { patience, pause: [1, 50], isPassing: isBusy });
  } catch (error) {
    throw isBusy(error) ? stillLocked(file, patience, error) : explainSqlite(error, file);
  }
}

function stillLocked(file: string, patience: number, cause: unknown): SluiceError {
  return new SluiceError(
    "environment-busy",
    `the state "${file}" has been locked by another process for ${patience / 1000} s`,
    {
      hint: "see which process has the file open, and run again when it has finished",
      cause,
    },
  );
}

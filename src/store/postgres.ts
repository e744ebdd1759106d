import { Kysely, sql } from "kysely";
import pg from "pg";
import { SluiceError } from "../errors.ts";
import { migrate, refuseNewer, schemaVersion } from "./migrations.ts";
import type { SchemaAccess, SchemaWords } from "./migrations.ts";
import { patiently } from "./patience.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { explainPostgres, isPassing } from "./postgres-errors.ts";
import { type PostgresPlace, readPostgresUrl } from "./postgres-place.ts";
import { sqlAccess } from "./sql-access.ts";
import { sqlStore } from "./sql-store.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

export interface PostgresOptions {
  /** Where it is not in the address. Without it, the `PG…` variables and the password file are asked. */
  readonly password?: string;
  /** Milliseconds to wait for a server that is away, and for others that write. */
  readonly patience?: number;
}

/** The oldest server whose SQL the store speaks, as `server_version_num`. */
const oldestServer = 150_000;

/** Connections of one process: reads while a run writes need no more. */
const connections = 4;

/** Milliseconds to try to reach the server at first. */
const impatience = 3000;

/** Milliseconds after which the server lets go of a transaction whose client has stopped. */
const abandoned = 30_000;

const words: SchemaWords = {
  // The order of names must not depend on the database's language.
  text: 'text collate "C"',
  integer: "bigint",
  real: "double precision",
  bytes: "bytea",
  table: "",
  ordered: "",
};

/**
 * Open the state in a PostgreSQL database, in a schema of its own that is created where needed. `url` is a
 * `postgres://` address; `?schema=` names another schema than `sluice`. Many processes, on many machines, may
 * have it open at once. Errors: `state-unreachable`, `state-newer`, `state-damaged`, `disk-full`.
 */
export async function openPostgresStore(url: string, options: PostgresOptions = {}): Promise<Store> {
  const place = readPostgresUrl(url);
  const patience = options.patience ?? 30_000;
  const pool = connect(place, patience, options.password);
  const attempt = <T>(action: () => Promise<T>): Promise<T> => attempting(place, patience, action);
  const db = new Kysely<Tables>({ dialect: postgresDialect(pool, attempt) });
  const access = sqlAccess(db, { attempt, locksRows: true, listed });
  try {
    // Whoever just looks does not want to wait long to be told that nobody is there.
    const found = await attempting(place, Math.min(patience, impatience), () => foundVersion(db, place));
    if (found !== schemaVersion) {
      await access.write(async (transaction) => {
        // Of those that start at the same moment, one migrates and the others find it done.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`sluice ${place.schema}`}, 0))`.execute(
          transaction,
        );
        await sql`create schema if not exists ${sql.id(place.schema)}`.execute(transaction);
        await migrate(transaction, words, schemaIn(place), place.shown);
      });
    }
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return sqlStore(access, () => db.destroy());
}

function connect(place: PostgresPlace, patience: number, password?: string): pg.Pool {
  const pool = new pg.Pool({
    ...place.client,
    ...(password === undefined ? {} : { password }),
    max: connections,
    application_name: "sluice",
    connectionTimeoutMillis: Math.min(patience, 10_000),
    keepAlive: true,
    options: [
      `-c search_path=${quoted(place.schema).replaceAll(/[\\ ]/g, String.raw`\$&`)}`,
      `-c idle_in_transaction_session_timeout=${abandoned}`,
      `-c lock_timeout=${patience}`,
      "-c client_encoding=UTF8",
    ].join(" "),
    // Whole numbers of the state are below 2^53.
    types: {
      getTypeParser: ((id: number, format?: "text" | "binary") =>
        id === pg.types.builtins.INT8
          ? Number
          : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
    },
  });
  // Whoever uses a connection that breaks is told by what he asked; an idle one is replaced.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** The schema's version, 0 where there is none yet. Errors: `state-newer`, `state-unreachable`. */
async function foundVersion(db: Kysely<Tables>, place: PostgresPlace): Promise<number> {
  const { rows } = await sql<{ server: number; made: boolean }>`
    select current_setting('server_version_num')::int as server,
      to_regclass(${`${quoted(place.schema)}.schema_version`}) is not null as made`.execute(db);
  const { server = 0, made = false } = rows[0] ?? {};
  if (server < oldestServer) {
    throw new SluiceError(
      "state-unreachable",
      `the server at "${place.shown}" is PostgreSQL ${Math.floor(server / 10_000)}`,
      { hint: "the state needs PostgreSQL 15 or newer" },
    );
  }
  const version = made ? await schemaIn(place).read(db) : 0;
  refuseNewer(version, place.shown);
  return version;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The version is a row of a table beside the others. */
function schemaIn({ schema }: PostgresPlace): SchemaAccess {
  const table = sql.id(schema, "schema_version");
  const made = async (db: Kysely<Tables>): Promise<boolean> => {
    const { rows } = await sql<{ made: boolean }>`
      select to_regclass(${`${quoted(schema)}.schema_version`}) is not null as made`.execute(db);
    return rows[0]?.made ?? false;
  };
  return {
    async read(db) {
      if (!(await made(db))) return 0;
      const { rows } = await sql<{ version: number }>`select version from ${table}`.execute(db);
      return Number(rows[0]?.version ?? 0);
    },
    async run(db, statements) {
      await sql.raw(statements.join(";\n")).execute(db);
    },
    async write(db, version) {
      await sql`create table if not exists ${table} (version bigint not null)`.execute(db);
      await sql`delete from ${table}`.execute(db);
      await sql`insert into ${table} values (${version})`.execute(db);
    },
  };
}

function listed(rows: readonly (readonly unknown[])[]) {
  return sql`(select ordinality - 1 as position, value as item
    from json_array_elements(${JSON.stringify(rows)}::json) with ordinality) as listed`;
}

/**
 * What was committed is not done again: the dialect finds out when the connection broke at that very moment.
 */
async function attempting<T>(place: PostgresPlace, patience: number, action: () => Promise<T>): Promise<T> {
  try {
    return await patiently(action, { patience, pause: [5, 500], isPassing });
  } catch (error) {
    throw explainPostgres(error, place);
  }
}

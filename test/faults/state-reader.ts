import { DatabaseSync } from "node:sqlite";
import pg from "pg";

export type StateRow = Readonly<Record<string, string | number | null | Uint8Array>>;

/** A state read with nothing but its own database's means, and what that database says of its soundness. */
export interface StateReader extends AsyncDisposable {
  /** Rows of a query; parameters are `$1`, `$2`, … */
  all(sql: string, ...parameters: readonly (string | number)[]): Promise<StateRow[]>;
  readonly problems: readonly string[];
}

/** Open a state for reading: the path of a SQLite file, or the address of a PostgreSQL database. */
export function readState(state: string): Promise<StateReader> {
  return /^postgres(?:ql)?:/.test(state) ? readPostgres(state) : Promise.resolve(readSqlite(state));
}

function readSqlite(path: string): StateReader {
  // Read only: what a dead process left in the log stays for the next command to find.
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const rows = (sql: string, ...parameters: readonly (string | number)[]): StateRow[] =>
    db.prepare(sql.replaceAll(/\$(?=\d)/g, "?")).all(...parameters) as StateRow[];
  const integrity = rows("pragma integrity_check").map((row) => String(Object.values(row)[0]));
  const broken = rows("pragma foreign_key_check").map(
    (row) => `${String(row["table"])} refers to what is not there`,
  );
  return {
    problems: [...integrity.filter((line) => line !== "ok"), ...broken],
    all: (sql, ...parameters) => Promise.resolve(rows(sql, ...parameters)),
    [Symbol.asyncDispose]: async () => db.close(),
  };
}

async function readPostgres(address: string): Promise<StateReader> {
  const client = new pg.Client({ connectionString: address, options: "-c search_path=sluice" });
  // The server may be shot while nobody asks it anything.
  client.on("error", () => undefined);
  await client.connect();
  return {
    problems: [],
    all: async (sql, ...parameters) => (await client.query<StateRow>(sql, [...parameters])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

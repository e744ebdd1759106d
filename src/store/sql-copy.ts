import { sql } from "kysely";
import type { Kysely, Transaction } from "kysely";
import { SluiceError } from "../errors.ts";
import { schemaVersion } from "./migrations.ts";
import type { SqlAccess } from "./sql-access.ts";
import { refuseWriters } from "./sql-collect.ts";
import { stateTables } from "./state-tables.ts";
import type { StateRow, StateRows, Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Rows that are read, or written, at once. */
const pageRows = 500;

/** Any table: which one is only known when it runs. */
type AnyTable = Kysely<Record<string, Record<string, unknown>>>;

interface AnyCopied {
  readonly columns: Readonly<Record<string, "plain" | "bytes">>;
  readonly key: readonly string[];
}

const tables: readonly (readonly [string, AnyCopied])[] = Object.entries(stateTables);

/** The whole state as rows over SQL, out and in. */
export function sqlCopier({ read, write, traits }: SqlAccess): Pick<Store, "exportState" | "importState"> {
  return {
    exportState: (to) =>
      read(async (db) => {
        await to.start({ schema: schemaVersion });
        for (const [table, copied] of tables) {
          for await (const page of pagesOf(db, table, copied)) await to.rows({ table, rows: page });
        }
      }),
    importState: (rows, { replace, isAlive }) =>
      write(async (db) => {
        await refuseWriters(db, traits, isAlive);
        if (!replace) await refuseFilled(db);
        const epochs = await epochsOf(db);
        for (const [table] of tables.toReversed()) await anyTable(db).deleteFrom(table).execute();
        for await (const page of rows()) await insert(db, page, epochs);
      }),
  };
}

const anyTable = (db: Transaction<Tables>): AnyTable => db as unknown as AnyTable;

async function* pagesOf(
  db: Transaction<Tables>,
  table: string,
  { columns, key }: AnyCopied,
): AsyncIterable<readonly StateRow[]> {
  let last: Record<string, unknown> | undefined;
  for (;;) {
    let query = anyTable(db).selectFrom(table).select(Object.keys(columns)).limit(pageRows);
    for (const column of key) query = query.orderBy(column);
    if (last !== undefined) {
      const after = last;
      const columnsOf = sql.join(key.map((column) => sql.ref(column)));
      const values = sql.join(key.map((column) => sql.val(after[column])));
      query = query.where(sql<boolean>`(${columnsOf}) > (${values})`);
    }
    const rows = await query.execute();
    last = rows.at(-1);
    if (rows.length > 0) yield rows.map((row) => copyOf(row, columns, table));
    if (rows.length < pageRows) return;
  }
}

/** A row as it is copied. Nobody holds anything in a copy. */
function copyOf(row: Record<string, unknown>, columns: AnyCopied["columns"], table: string): StateRow {
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => {
      const value = row[name];
      if (table === "environments" && name === "holder") return [name, null];
      if (kind === "bytes") return [name, Buffer.from(value as Uint8Array).toString("base64")];
      return [name, value as StateRow[string]];
    }),
  );
}

/** Errors: `state-not-empty`. */
async function refuseFilled(db: Transaction<Tables>): Promise<void> {
  for (const [table] of tables.filter(([name]) => name !== "counters")) {
    const found = await anyTable(db)
      .selectFrom(table)
      .select(sql<number>`1`.as("one"))
      .limit(1)
      .execute();
    if (found.length === 0) continue;
    throw new SluiceError("state-not-empty", `the state that would be written to has ${table} already`, {
      hint: "import into an empty state, or give up what is there: sluice state import --replace",
    });
  }
}

/** Epochs only grow, also where a state is replaced: a process that held one before stays refused. */
async function epochsOf(db: Transaction<Tables>): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom("environments").select(["name", "epoch"]).execute();
  return new Map(rows.map(({ name, epoch }) => [name, Number(epoch)]));
}

async function insert(
  db: Transaction<Tables>,
  { table, rows }: StateRows,
  epochs: ReadonlyMap<string, number>,
): Promise<void> {
  const columns: AnyCopied["columns"] | undefined = tables.find(([name]) => name === table)?.[1].columns;
  if (columns === undefined) throw new Error(`the state has no table "${table}"`);
  const values = rows.map((row) => {
    const entries = Object.entries(row).map(([name, value]): [string, unknown] => {
      if (columns[name] === undefined) throw new Error(`the table "${table}" has no column "${name}"`);
      if (columns[name] === "bytes") return [name, Buffer.from(String(value), "base64")];
      if (table === "environments" && name === "epoch")
        return [name, Math.max(Number(value), epochs.get(String(row["name"])) ?? 0)];
      return [name, value];
    });
    return Object.fromEntries(entries);
  });
  if (values.length > 0) await anyTable(db).insertInto(table).values(values).execute();
}

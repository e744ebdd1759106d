import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteDataset, quoteName } from "../../sql/quote.ts";
import { trimQuery } from "../../sql/scan-sql.ts";
import type { InputTable, InputView } from "../engine.ts";
import type { Database } from "./database.ts";
import { declareSchemas, type ReadableTable, tableQuery } from "./tables.ts";

/** Views that the engine knows, until they are forgotten. */
export interface DeclaredViews {
  /** The same table, readable also where it is a view. */
  readonly readable: <K extends InputTable>(table: K) => K & ReadableTable;
  readonly forget: () => Promise<void>;
}

/** With its schema, because a schema may be called like the database. */
const backToTables = "use memory.main";

interface Declared {
  readonly table: InputTable;
  readonly view: InputView;
  /** The name of a database of its own, as SQL. */
  readonly catalog: string;
}

/**
 * Make the views among tables known to the engine, and the views that those read. Each has a database in memory of its
 * own, with nothing in it but what its query names: a query that names `a.t` reads the `a.t` that was pinned with it,
 * whatever others call so. Queries are run as they are written; the engine looks for names where a view was made.
 */
export async function declareViews(
  database: Pick<Database, "uniqueName">,
  connection: DuckDBConnection,
  tables: readonly InputTable[],
): Promise<DeclaredViews> {
  const found = new Map<string, Declared>();
  for (const table of tables) collect(table, database, found);
  const declared = [...found.values()];
  const views: DeclaredViews = {
    readable: (table) => {
      const known = table.view && found.get(table.view.id);
      return known === undefined ? table : { ...table, relation: relationOf(known) };
    },
    forget: () => forget(connection, declared),
  };
  if (declared.length === 0) return views;
  try {
    for (const one of declared) await declareOverNothing(connection, one);
    await connection.run(backToTables);
    // Those that read come before those that are read: so each is looked at over nothing, and not over all below it.
    for (const one of declared.toReversed()) await fill(connection, one, views);
    return views;
  } catch (error) {
    await views.forget().catch(() => undefined);
    throw error;
  }
}

/** A table and all that its view reads, each table once for each view. */
export function tablesWithin(tables: readonly InputTable[]): readonly InputTable[] {
  const found = new Map<string, Declared>();
  for (const table of tables) collect(table, { uniqueName: () => "" }, found);
  return [...tables, ...[...found.values()].flatMap(({ view }) => view.inputs)];
}

/** Views in an order in which each comes after those it reads. */
function collect(
  table: InputTable,
  database: Pick<Database, "uniqueName">,
  found: Map<string, Declared>,
): void {
  const { view } = table;
  if (view === undefined || found.has(view.id)) return;
  for (const input of view.inputs) collect(input, database, found);
  found.set(view.id, { table, view, catalog: quoteName(database.uniqueName("view")) });
}

/** The schema `main` belongs to the engine: no dataset is in it. */
const relationOf = ({ catalog }: Declared): string => `${catalog}.main.rows`;

/** Make a view over empty tables of the right types, so that the engine has nothing to look into yet. */
async function declareOverNothing(
  connection: DuckDBConnection,
  { table, view, catalog }: Declared,
): Promise<void> {
  await connection.run(`attach ':memory:' as ${catalog}`);
  await declareSchemas(connection, view.inputs, `${catalog}.`);
  for (const { name, columns } of view.inputs) {
    const shape = columns.map((c) => `${quoteName(c.name)} ${c.engineType}`);
    await connection.run(`create table ${catalog}.${quoteDataset(name)} (${shape.join(", ")})`);
  }
  const casts = table.columns.map(
    (c) => `cast(${quoteName(c.name)} as ${c.engineType}) as ${quoteName(c.name)}`,
  );
  await connection.run(`use ${catalog}`);
  // The new line ends a comment that the query may end with.
  await connection.run(`create view rows as select ${casts.join(", ")} from (${trimQuery(view.sql)}\n)`);
}

/** Put the real tables in the place of the empty ones. */
async function fill(
  connection: DuckDBConnection,
  { view, catalog }: Declared,
  views: DeclaredViews,
): Promise<void> {
  for (const input of view.inputs) {
    const name = `${catalog}.${quoteDataset(input.name)}`;
    await connection.run(`drop table ${name}`);
    await connection.run(`create view ${name} as ${tableQuery(views.readable(input))}`);
  }
}

/** Also what was declared half only. An interrupted piece of work has to be tidied up as well. */
async function forget(connection: DuckDBConnection, declared: readonly Declared[]): Promise<void> {
  if (declared.length === 0) return;
  await connection.run(backToTables);
  for (const { catalog } of declared) await connection.run(`detach database if exists ${catalog}`);
}

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { CompiledQuery, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import type {
  DatabaseConnection,
  Dialect,
  SqliteDatabase,
  SqliteStatement,
  TransactionSettings,
} from "kysely";

/** Kysely over one connection of Node's own SQLite. Closing Kysely closes the connection. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Takes the write lock when a transaction begins: one that reads first and writes later cannot wait for
 * its turn in SQLite, it can only fail. A read-only transaction takes none.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    super({ database: statementsOf(database) });
    this.#database = database;
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const begin = settings?.accessMode === "read only" ? "begin" : "begin immediate";
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk makes SQLite roll back by itself; a second rollback would hide that error behind its own.
    if (this.#database.isTransaction) await super.rollbackTransaction(connection);
  }
}

/** Node's statements in the shape Kysely expects, each prepared once: the store's set of statements is finite. */
function statementsOf(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        const native = database.prepare(sql);
        statement = {
          reader: native.columns().length > 0,
          all: (parameters) => native.all(...(parameters as SQLInputValue[])),
          run: (parameters) => native.run(...(parameters as SQLInputValue[])),
          iterate: (parameters) => native.iterate(...(parameters as SQLInputValue[])),
        };
        prepared.set(sql, statement);
      }
      return statement;
    },
  };
}

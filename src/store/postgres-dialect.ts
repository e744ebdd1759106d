import {
  CompiledQuery,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import type { DatabaseConnection, Dialect, TransactionSettings } from "kysely";
import type { Pool } from "pg";
import { isLost } from "./postgres-errors.ts";

/** Tries an action again while the server is away. */
type Attempt = <T>(action: () => Promise<T>) => Promise<T>;

/** Kysely over a pool. Closing Kysely ends the pool. */
export function postgresDialect(pool: Pool, attempt: Attempt): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new CertainDriver(pool, attempt),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/**
 * Knows how a commit ended whose answer never came: the server remembers the fate of every transaction, and
 * is asked when it can be reached again. So nothing that was committed is reported as failed, or done twice.
 */
class CertainDriver extends PostgresDriver {
  readonly #pool: Pool;
  readonly #attempt: Attempt;
  /** Connections in a transaction that only reads: it has no fate that anybody could miss. */
  readonly #reading = new WeakSet<DatabaseConnection>();

  constructor(pool: Pool, attempt: Attempt) {
    super({ pool });
    this.#pool = pool;
    this.#attempt = attempt;
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    if (settings.accessMode === "read only") this.#reading.add(connection);
    else this.#reading.delete(connection);
    await super.beginTransaction(connection, settings);
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#reading.has(connection)) return super.commitTransaction(connection);
    const { rows } = await connection.executeQuery<{ id: string | null }>(
      CompiledQuery.raw("select pg_current_xact_id_if_assigned()::text as id"),
    );
    const id = rows[0]?.id ?? null;
    try {
      await super.commitTransaction(connection);
    } catch (error) {
      // What wrote nothing has no number, and nothing to lose.
      if (id === null || !isLost(error) || !(await this.#committed(id))) throw error;
    }
  }

  async #committed(id: string): Promise<boolean> {
    for (;;) {
      const { rows } = await this.#attempt(() =>
        this.#pool.query<{ status: string | null }>("select pg_xact_status($1::xid8) as status", [id]),
      );
      const status = rows[0]?.status;
      if (status !== "in progress") return status === "committed";
      // The server has not noticed yet that its client is gone.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

import type { Engine } from "./engine.ts";

/**
 * The engine DuckDB, inside the process. The library is loaded when the first session opens or the first
 * query is asked, so that making an engine costs nothing.
 */
export function duckdbEngine(): Engine {
  return {
    version: duckdbVersion,
    open: async (options) => (await import("./duckdb/session.ts")).openSession(options),
    query: async (sql, tables, limits) => (await import("./duckdb/query.ts")).query(sql, tables, limits),
    references: async (sql) => (await import("./duckdb/references.ts")).references(sql),
  };
}

/** Written down rather than asked, because asking loads the library; a test compares it with the library's own. */
const duckdbVersion = "duckdb 1.5";

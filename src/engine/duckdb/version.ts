/** The engine's name and major version. Part of build keys: another major version may compute other results. */
export const duckdbVersion = "duckdb-1";

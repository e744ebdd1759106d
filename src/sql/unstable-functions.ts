/** The version of the engine whose functions are listed here. */
const listedVersion = "v1.5.5";

/** What that engine calls unstable: `VOLATILE`, or `CONSISTENT_WITHIN_QUERY`. */
const listed: readonly string[] = [
  "current_connection_id",
  "current_database",
  "current_date",
  "current_query",
  "current_query_id",
  "current_schema",
  "current_schemas",
  "current_transaction_id",
  "currval",
  "error",
  "gen_random_uuid",
  "get_current_time",
  "get_current_timestamp",
  "in_search_path",
  "nextval",
  "now",
  "random",
  "setseed",
  "sleep_ms",
  "stats",
  "today",
  "transaction_timestamp",
  "txid_current",
  "uuid",
  "uuidv4",
  "uuidv7",
  "write_log",
];

/**
 * Names of the functions that an engine itself calls unstable. Of the engine that we ship they are known: to ask takes
 * longer than to open it. `ask` asks one of another version.
 */
export const unstableFunctions = async (
  version: string,
  ask: () => Promise<readonly string[]>,
): Promise<readonly string[]> => (version === listedVersion ? listed : await ask());

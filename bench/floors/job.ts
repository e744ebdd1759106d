/** What `bare-engine.js` is told to do, as JSON. */
export interface BareJob {
  /** Directory whose files are listed and stat'ed first, as any tool has to. */
  readonly walk?: string;
  /** Statements that set the engine up. */
  readonly settings: readonly string[];
  /** Options of `COPY … TO` for every file written. */
  readonly parquet: string;
  /** Parquet files that are there already. */
  readonly inputs: readonly { readonly table: string; readonly files: readonly string[] }[];
  /** Queries in order, each written to one file that later queries read under the table's name. */
  readonly steps: readonly { readonly table: string; readonly sql: string; readonly output: string }[];
  /** One query for each check; its only value is the number of offending rows (or of rows, for `row_count`). */
  readonly checks?: readonly { readonly id: string; readonly sql: string }[];
  /** Where the values of the checks are written, as a JSON object by id. */
  readonly answers?: string;
}

/** How every contender that lets us choose writes Parquet. */
export const parquetOptions = "format parquet, compression zstd, parquet_version v2";

/** A span of time that an interval model builds at once; days and longer begin at midnight UTC, weeks on Monday. */
export type Grain = "hour" | "day" | "week" | "month";

/** Content by intervals of time: whole intervals are replaced, and only those whose input changed. */
export interface IntervalOptions {
  /** The output column that tells to which interval a row belongs: a date or a timestamp. */
  readonly by: string;
  readonly grain: Grain;
  /**
   * The time column of each input of which an interval reads only its own rows, by dataset. Inputs that are not named
   * are read whole. Left out: the input column that `by` is made from.
   */
  readonly inputs?: Readonly<Record<string, string>>;
  /** How many intervals before its own an interval reads as well; 0 by default. */
  readonly lookback?: number;
  /** Where the first interval begins, such as `"2024-01-01"`; the oldest row of the inputs by default. */
  readonly begin?: string;
}

/** Content by key: of all rows that share the model's key, the last one stands. */
export interface UpsertOptions {
  /** The output column that tells which row of a key is the last: the one with the greatest value. */
  readonly order: string;
  /** An output column that is true where a row says that its key is gone. */
  readonly deleted?: string;
  /** The input whose rows come and go; needed only where there could be several. */
  readonly over?: string;
}

/**
 * How a model's content is kept. Each kind has the content that building everything anew would give, and differs
 * only in what a change costs.
 *
 * - `full`: built as a whole; what models are by default.
 * - `view`: not stored; computed whenever it is read.
 * - `append`: every row is made from one row of an input, so only new and changed files of that input are built.
 * - `interval`: by intervals of time.
 * - `upsert`: by key.
 */
export type Materialization =
  | "full"
  | "view"
  | "append"
  | { readonly append: { readonly over?: string } }
  | { readonly interval: IntervalOptions }
  | { readonly upsert: UpsertOptions };

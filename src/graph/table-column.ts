/** A column of a table: its name and its type in the engine, such as `BIGINT`. */
export interface TableColumn {
  readonly name: string;
  readonly engineType: string;
}

/** What a written column contains, from the write itself. `min` and `max` are the engine's text. */
export interface ColumnStatistics {
  readonly name: string;
  readonly engineType: string;
  readonly nulls: number;
  readonly min?: string;
  readonly max?: string;
  /** Only of floating point: every value is a number, none is NaN, which no limits tell of. */
  readonly numbers?: true;
  /** Some rows that were counted are not there any more: there are at most as many nulls, and no value is beyond the limits. */
  readonly loose?: true;
  /** Set where the column is the same, row for row, as in an earlier version. */
  readonly since?: ColumnOrigin;
}

/** The earlier version in which a column had the content it has now; or what a column of a view is made of. */
export interface ColumnOrigin {
  /** Content hash of that version; of a view: of the contents it is made of. */
  readonly content: string;
  /** How its rows were matched: by these columns (a key), or, where there are none, by their order. */
  readonly by: readonly string[];
}

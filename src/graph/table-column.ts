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
}

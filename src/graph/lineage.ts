/** Where the values of a model's columns come from, and what decides about its rows. */

/** How values get from a column of an input into a column of the output; the strongest step on the way. */
export type Derivation = "identity" | "expression" | "aggregate";

/** A column whose values flow into an output column. */
export interface DirectSource {
  /** `schema.name`. */
  readonly dataset: string;
  readonly column: string;
  readonly kind: Derivation;
}

/** The part of a query by which a column decides without its values flowing. */
export type Influence = "filter" | "join" | "group" | "window" | "order";

/** A column that decides which rows there are, or which of them a value is made of. */
export interface IndirectSource {
  /** `schema.name`. */
  readonly dataset: string;
  readonly column: string;
  readonly by: Influence;
}

export interface ColumnLineage {
  /** Name of the output column. */
  readonly column: string;
  /** Sorted by dataset, then column. */
  readonly direct: readonly DirectSource[];
  /** What bears on this column alone; see `QueryLineage.rows` for what bears on all. */
  readonly indirect: readonly IndirectSource[];
  /** The strongest step of all; `constant` where no column flows in and nothing is aggregated. */
  readonly kind: Derivation | "constant";
  /** False where the query could not be followed: then the column depends on every column of every input. */
  readonly proven: boolean;
}

/** The lineage of one query, by output column in their order. */
export interface QueryLineage {
  /** What decides about rows, and so bears on every column: filters, joins, groups, orders with limits. */
  readonly rows: readonly IndirectSource[];
  readonly columns: readonly ColumnLineage[];
}

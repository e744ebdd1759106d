/** Columns of a dataset whose values no two rows share. As everywhere, rows with a null in them share nothing. */
export interface UniqueColumns {
  /** `schema.name`. */
  readonly dataset: string;
  readonly columns: readonly string[];
}

/** What a query says about its own rows: no two share the values of these columns, if the same is given of its inputs. */
export interface ProvenUnique {
  readonly columns: readonly string[];
  /** All of this has to hold; where there is nothing, the query alone proves it. */
  readonly given: readonly UniqueColumns[];
}

/**
 * The room of SQL: parse, bind, infer types. The only owner of SQL libraries, over an in-memory engine
 * that sees neither files nor network. It never runs a query on data.
 */

import type { QueryLineage } from "../graph/lineage.ts";
import type { UniqueColumns } from "../graph/unique-columns.ts";
import type { CanonicalQuery } from "./canonical.ts";

/** Why a query cannot be used. `position` is an offset in characters into the SQL that was given. */
export interface SqlProblem {
  readonly code:
    | "sql-syntax"
    | "sql-not-a-query"
    | "sql-bind"
    | "unknown-column"
    | "unknown-dataset"
    | "not-hermetic";
  readonly message: string;
  readonly position?: number;
  readonly length?: number;
  /** What to do instead. */
  readonly hint?: string;
}

export interface DatasetReference {
  /** As written: `schema.name`, or just `name`. */
  readonly name: string;
  readonly position?: number;
}

export interface ParsedQuery {
  /** The query's meaning as text. */
  readonly canonical: CanonicalQuery;
  readonly references: readonly DatasetReference[];
  /** Named parameters used, such as `run_date`. */
  readonly parameters: readonly string[];
  /** Whether the outermost query says `order by`. */
  readonly ordered: boolean;
  /** Functions and tables that reach beyond datasets: clocks, chance, files. */
  readonly problems: readonly SqlProblem[];
}

export interface BoundColumn {
  readonly name: string;
  readonly engineType: string;
}

/**
 * Over which datasets a query distributes: null where every row of it comes from one row there, so that more rows there are
 * more rows here; else what the query does, in words. A dataset that is not in it cannot be followed.
 */
export type Distribution = Readonly<Record<string, string | null>>;

/** Output columns of which no two rows may share the values; with the type in which a column is kept, where that is declared. */
export type PromisedUnique = readonly { readonly name: string; readonly engineType?: string }[];

/** Ways to prove that no two rows share values: each what has to be given of a query's inputs. Empty: no proof is known. */
export type Proofs = readonly (readonly UniqueColumns[])[];

/** The lineage of a query, with its columns and their types. */
export interface TracedQuery extends QueryLineage {
  readonly bound: readonly BoundColumn[];
  readonly distribution: Distribution;
  /** Of each promise that was asked about, in their order. */
  readonly proofs: readonly Proofs[];
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly SqlProblem[] };

/** An in-memory engine that knows datasets as empty typed tables. Questions and answers are plain documents. */
export interface Binder {
  /** Major and minor version of the engine; part of build keys and compile caches. */
  readonly engineVersion: string;
  parse(sql: string): Promise<Outcome<ParsedQuery>>;
  /**
   * Whether a query's condition is true of no row by its words alone, as `a <> a` and `false` are. What is not understood
   * may be true of some; so may what does not parse.
   */
  keepsNothing(sql: string): Promise<boolean>;
  /** Make a dataset known by its columns, replacing what was known under that name. It is known when the promise resolves. */
  declare(dataset: string, columns: readonly BoundColumn[]): Promise<void>;
  /** Let go of a dataset that was declared, and of the memory it takes. */
  forget(dataset: string): Promise<void>;
  bind(sql: string): Promise<Outcome<readonly BoundColumn[]>>;
  /** The lineage of a query, with what `bind` says of it; what cannot be followed is marked so. Names in any letter case. */
  trace(sql: string, promises?: readonly PromisedUnique[]): Promise<Outcome<TracedQuery>>;
  close(): void;
}

import type { DatasetId } from "./graph.ts";

/** A test of a model, compiled: names are settled, and values are text for the engine to cast. */
export interface ModelTest {
  readonly name: string;
  /** Of its file, relative to the project. */
  readonly path: string;
  readonly line?: number;
  readonly model: DatasetId;
  /** The run's logical time, UTC: `2026-03-01 10:00:00`. */
  readonly runTime: string;
  /** At least one. */
  readonly steps: readonly ModelTestStep[];
}

/** Rows that come to inputs in addition to those before, and what the model holds then. */
export interface ModelTestStep {
  readonly given: Readonly<Record<DatasetId, readonly RowsText[]>>;
  readonly expect: RowsText;
}

/** Rows as text, cell by cell in the order of `columns`; or the query that answers them. */
export type RowsText =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly columns: readonly string[]; readonly sql: string };

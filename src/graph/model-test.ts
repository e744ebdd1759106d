import type { DatasetId } from "./graph.ts";

/** A test of a model, or of the contract of a source, compiled: names are settled, and values are text for the engine to cast. */
export interface ModelTest {
  readonly name: string;
  /** Of its file, relative to the project. */
  readonly path: string;
  readonly line?: number;
  /** The model; or the source whose contract is tested. */
  readonly model: DatasetId;
  /** Of a contract: what is delivered. It has one step, which gives nothing. */
  readonly delivered?: TestDelivery;
  /** The run's logical time, UTC: `2026-03-01 10:00:00`. */
  readonly runTime: string;
  /** At least one. */
  readonly steps: readonly ModelTestStep[];
}

/** A delivery as it would lie in the landing, and what the contract refuses of it. */
export interface TestDelivery {
  readonly format: "csv" | "ndjson";
  readonly text: string;
  /** Columns `line` and `reason`, or one of them; absent where the test does not say. */
  readonly refused?: RowsText;
  /** Whether the test says what is let through, which is the `expect` of its step. */
  readonly accepts: boolean;
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

import type { DatasetName, Row } from "./dataset.ts";
import type { Model } from "./model.ts";

/**
 * Rows of a test: objects with the columns that matter, CSV text with a line of names, or a query that reads
 * nothing. Numbers, dates and decimals may be written as text.
 */
export type TestRows<R = Readonly<Record<string, unknown>>> =
  | readonly { readonly [K in keyof R]?: R[K] | string | null }[]
  | string
  | { readonly sql: string };

/** The datasets that a name of `given` may mean: the one of that name, or those that have it behind their dot. */
type GivenName<K> = K extends keyof SluiceDatasets
  ? K
  : Extract<keyof SluiceDatasets, `${string}.${K & string}`>;

type GivenRows<K> = [GivenName<K>] extends [never] ? TestRows : TestRows<Row<GivenName<K> & string>>;

/** Rows for inputs, by name: `"community.comments"`, or `comments` where that is clear. */
export type Given<G> = { readonly [K in keyof G]: GivenRows<K> };

/** One delivery after another: rows that come in addition, and what the model then has to hold. */
export interface TestStep<R = Readonly<Record<string, unknown>>> {
  readonly given?: Readonly<Record<string, TestRows>>;
  readonly expect: TestRows<R>;
}

export interface TestOptions<M extends string | DatasetName | Model, G> {
  /** What it is about, unlike the other tests of its file; by default the file's name. */
  readonly name?: string;
  /** The model: its imported definition, or its name. */
  readonly model: M;
  /** Rows of inputs. Inputs that are not given are empty. */
  readonly given?: Given<G>;
  /** The rows that the model then holds, in any order unless its query says one. */
  readonly expect?: TestRows<Row<M>>;
  /** Instead of `expect`: deliveries one after another. */
  readonly steps?: readonly TestStep<Row<M>>[];
  /** Compare all columns, also those that no expected row names. */
  readonly exact?: boolean;
  /** The run's logical time, UTC: `"2026-03-01 10:00:00"`. By default the beginning of 2026. */
  readonly runTime?: string;
}

/** A test of code: given rows, expected rows, no real data. */
export interface Test extends TestOptions<string | DatasetName | Model, unknown> {
  readonly kind: "test";
}

/** Define a test of a model, in a file below `tests/`: its default export, or one of a list. */
export function test<const M extends string | DatasetName | Model, const G = Record<never, never>>(
  options: TestOptions<M, G>,
): Test {
  return Object.freeze({ kind: "test" as const, ...options });
}

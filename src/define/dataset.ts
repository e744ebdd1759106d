import type { Columns, ValueOf } from "./column.ts";

declare global {
  /**
   * The rows of every dataset of the project, by name. Empty here; the project's `sluice-env.d.ts`, which
   * `sluice check` writes, fills it.
   */
  interface SluiceDatasets {}
}

/** The names of the project's datasets; any text while no types were generated. */
export type DatasetNames = [keyof SluiceDatasets] extends [never]
  ? string
  : Extract<keyof SluiceDatasets, string>;

/** A dataset named by text, for inputs that have no TypeScript definition, such as SQL models. */
export interface DatasetName<N extends string = string> {
  readonly kind: "dataset";
  readonly name: N;
}

/** Name a dataset that is defined elsewhere: `inputs: { comments: dataset("community.comments") }`. */
export function dataset<const N extends DatasetNames>(name: N): DatasetName<N> {
  return Object.freeze({ kind: "dataset" as const, name });
}

/** What stands for a dataset in types: its name, `dataset(…)`, or the definition with its columns. */
export type DatasetLike = string | DatasetName | { readonly columns?: Columns | undefined };

type RowOfName<N> = N extends keyof SluiceDatasets ? SluiceDatasets[N] : Record<string, unknown>;

/**
 * The TypeScript type of one row: `Row<typeof comments>` of an imported definition, `Row<"community.comments">`
 * of any dataset of the project, SQL models too, by the generated types. An imported model has the columns that
 * it declares; by its name it has all that its query produces.
 */
export type Row<D extends DatasetLike> = D extends string
  ? RowOfName<D>
  : D extends DatasetName<infer N>
    ? RowOfName<N>
    : D extends { readonly columns?: infer C extends Columns | undefined }
      ? { -readonly [K in keyof NonNullable<C>]: ValueOf<NonNullable<C>[K]> }
      : Record<string, unknown>;

/** The names of a dataset's columns; any text where they are not known. */
export type ColumnOf<D extends DatasetLike> = keyof Row<D> & string;

import type { CheckSpec } from "./check.ts";
import type { Columns } from "./column.ts";
import type { Row, Source } from "./source.ts";
import type { Reference, SqlText } from "./sql.ts";

/** A dataset named by text, for inputs that have no TypeScript definition, such as SQL models. */
export interface DatasetName {
  readonly kind: "dataset";
  readonly name: string;
}

/** Name a dataset that is defined elsewhere: `inputs: { comments: dataset("community.comments") }`. */
export function dataset(name: string): DatasetName {
  return Object.freeze({ kind: "dataset" as const, name });
}

export type Input = Source | Model | DatasetName;
export type Inputs = Readonly<Record<string, Input>>;

/** How a `query` sees an input: itself a reference to the dataset, each property one to a column. */
export type InputReference<I> = Reference &
  (I extends { readonly columns: infer C extends Columns }
    ? { readonly [K in keyof C]: Reference }
    : { readonly [column: string]: Reference });

/** How `rows` reads an input: an async sequence of typed rows. */
export type InputRows<I> = AsyncIterable<
  I extends { readonly columns?: Columns | undefined } ? Row<I> : Record<string, unknown>
>;

interface ModelSettings<C extends Columns, I extends Inputs> {
  readonly description?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly story?: string;
  readonly inputs?: I;
  readonly checks?: readonly CheckSpec[];
  readonly columns?: C;
}

/** A model either answers with one SQL query, or computes its rows in TypeScript (columns are then required). */
export type ModelOptions<C extends Columns, I extends Inputs> = ModelSettings<C, I> &
  (
    | {
        readonly query: (inputs: { readonly [K in keyof I]: InputReference<I[K]> }) => SqlText;
        readonly rows?: undefined;
      }
    | {
        readonly columns: C;
        readonly query?: undefined;
        readonly rows: (inputs: {
          readonly [K in keyof I]: InputRows<I[K]>;
        }) => AsyncIterable<Row<{ columns: C }>> | Iterable<Row<{ columns: C }>>;
      }
  );

/** A transformation of datasets into one dataset. */
export interface Model<C extends Columns = Columns> {
  readonly kind: "model";
  readonly description?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly story?: string;
  readonly inputs?: Inputs;
  readonly checks?: readonly CheckSpec[];
  readonly columns?: C;
  readonly query?: (inputs: never) => SqlText;
  readonly rows?: (inputs: never) => AsyncIterable<unknown> | Iterable<unknown>;
}

/** Define a model. Its name comes from the file's path: `models/community/phrases.ts` is `community.phrases`. */
export function model<C extends Columns, const I extends Inputs = Record<never, never>>(
  options: ModelOptions<C, I>,
): Model<C> {
  return Object.freeze({ kind: "model" as const, ...options });
}

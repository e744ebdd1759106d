import type { CheckSpec } from "./check-spec.ts";
import type { Columns } from "./column.ts";
import type { MonitorSettings } from "./monitors.ts";
import type { DatasetLike, DatasetName, Row } from "./dataset.ts";
import type { Materialization } from "./materialization.ts";
import type { Source } from "./source.ts";
import type { Reference, SqlText } from "./sql.ts";

/** What a definition can read: an imported source or model, or `dataset("schema.name")`. */
export type Input = Source | Model | DatasetName;
export type Inputs = Readonly<Record<string, Input>>;

/** How a `query` sees an input: itself a reference to the dataset, each property one to a column, whatever its name. */
export type InputReference<I extends DatasetLike> = Reference & {
  readonly [K in keyof Row<I>]: Reference;
};

/** How `rows` reads an input: an async sequence of typed rows. */
export type InputRows<I extends DatasetLike> = AsyncIterable<Row<I>>;

interface ModelSettings<C extends Columns, I extends Inputs> {
  readonly description?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly story?: string;
  /** What an ODCS document said that Sluice has no word for; `sluice contract export` says it again. */
  readonly odcs?: Readonly<Record<string, unknown>>;
  /** The name the dataset had before, such as `"community.old_name"`: its history goes on under the new name. */
  readonly renamedFrom?: string;
  readonly inputs?: I;
  readonly columns?: C;
  /** What its monitors do; they warn by default. */
  readonly monitors?: MonitorSettings;
  /** How its content is kept; built as a whole by default. */
  readonly materialized?: Materialization;
}

/** A model either answers with one SQL query, or computes its rows in TypeScript (columns are then required). */
export type ModelOptions<C extends Columns, I extends Inputs> = ModelSettings<C, I> &
  (
    | {
        readonly query: (inputs: { readonly [K in keyof I]: InputReference<I[K]> }) => SqlText;
        readonly rows?: undefined;
        /** A query may produce columns that are not declared, so these can be about any. */
        readonly checks?: readonly CheckSpec[];
      }
    | {
        readonly columns: C;
        readonly materialized?: "full";
        readonly query?: undefined;
        readonly rows: (inputs: {
          readonly [K in keyof I]: InputRows<I[K]>;
        }) => AsyncIterable<Row<{ columns: C }>> | Iterable<Row<{ columns: C }>>;
        readonly checks?: readonly CheckSpec<keyof NoInfer<C> & string>[];
      }
  );

/** A transformation of datasets into one dataset. */
export interface Model<C extends Columns = Columns> {
  readonly kind: "model";
  readonly description?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly story?: string;
  readonly renamedFrom?: string;
  readonly inputs?: Inputs;
  readonly checks?: readonly CheckSpec[];
  readonly columns?: C;
  readonly monitors?: MonitorSettings;
  readonly materialized?: Materialization;
  readonly query?: (inputs: never) => SqlText;
  readonly rows?: (inputs: never) => AsyncIterable<unknown> | Iterable<unknown>;
}

/** Define a model. Its name comes from the file's path: `models/community/phrases.ts` is `community.phrases`. */
export function model<C extends Columns, const I extends Inputs = Record<never, never>>(
  options: ModelOptions<C, I>,
): Model<C> {
  return Object.freeze({ kind: "model" as const, ...options });
}

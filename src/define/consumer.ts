import type { ColumnOf, DatasetNames } from "./dataset.ts";
import type { Input } from "./model.ts";
import type { FreshnessLimits } from "./source.ts";

export type ConsumerKind = "dashboard" | "application" | "ml-model" | "person" | "report";

/** What a consumer reads: all columns of a dataset, or those it names. */
export type Read =
  | Input
  | string
  | { readonly kind?: never; readonly dataset: Input | string; readonly columns: readonly string[] };

/** Takes the place of a name that no dataset has, so that the compiler's words say what is wrong. */
export interface NoSuchDataset {
  readonly "no dataset of the project has this name": never;
}

type KnownName<N extends string> = N extends DatasetNames ? N : NoSuchDataset;

/** A `Read` of a dataset and columns that exist, by the types of imported definitions and by the generated ones. */
export type KnownRead<R> = R extends string
  ? KnownName<R>
  : R extends { readonly kind: string }
    ? R
    : R extends { readonly dataset: infer D extends Input | string }
      ? {
          readonly dataset: D extends string ? KnownName<D> : D;
          readonly columns: readonly ColumnOf<D>[];
        }
      : never;

/** Where a model's predictions are beside what happened, and what they are of. */
export type Accuracy = {
  /** Name of the dataset; it must be among `reads`. */
  readonly dataset: string;
  readonly prediction: string;
  /** What happened; rows where it is not known yet are left out. */
  readonly actual: string;
} & (
  | {
      readonly task: "classification";
      /** The class to be found: for precision, recall, F1 and, with `score`, log loss and AUC. */
      readonly positive?: string | number | boolean;
      /** How likely the model took the positive class to be, from 0 to 1. */
      readonly score?: string;
    }
  | { readonly task: "regression" }
  | {
      readonly task: "ranking";
      /** The column that tells which answers were ranked together. `actual` is their relevance, `prediction` their score. */
      readonly group: string;
      /** How many answers count; 10 by default. */
      readonly k?: number;
    }
);

export interface ConsumerOptions<R extends readonly Read[] = readonly Read[]> {
  readonly description?: string;
  readonly owner?: string;
  readonly type: ConsumerKind;
  /**
   * The datasets it reads: imported definitions, or names such as `"community.comments"`. One that needs some
   * columns only says which: `{ dataset: phrases, columns: ["phrase", "times"] }`. The others may then change
   * without touching it.
   */
  readonly reads: R;
  /** How fresh the data must be for it, and how stale it may get. */
  readonly freshness?: FreshnessLimits;
  readonly story?: string;
  /**
   * Of an ML model: the versions that it was trained on, by dataset, each as a release (`"prod@12"`) or the id of a version.
   * How far data has moved from them is told, and the model is named when one of them turns out to be bad.
   */
  readonly trainedOn?: Readonly<Record<string, string>>;
  /** Of an ML model: how right it was becomes monitors of it. */
  readonly accuracy?: Accuracy;
}

/** Who uses data: a dashboard, an application, an ML model, a person. */
export interface Consumer extends ConsumerOptions {
  readonly kind: "consumer";
}

/** Define a consumer. Its name comes from the file's path: `consumers/weekly-digest.ts` is `weekly-digest`. */
export function consumer<const R extends readonly Read[]>(
  options: ConsumerOptions<R> & { readonly reads: { readonly [K in keyof R]: KnownRead<R[K]> } },
): Consumer {
  return Object.freeze({ kind: "consumer" as const, ...options });
}

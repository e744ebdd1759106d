/** A definition that has been read and checked for itself, before it is seen together with the others. */
import type { Materialization } from "../define/materialization.ts";
import type { MonitorSettings } from "../define/monitors.ts";
import type { FilesOrigin, FreshnessLimits } from "../define/source.ts";
import type { ConsumerNode, DatasetId, StoryNode } from "../graph/graph.ts";
import type { CheckDraft } from "./checks.ts";
import type { ColumnDraft } from "./columns.ts";
import type { DefinitionFile } from "./definitions.ts";
import type { Place } from "./place.ts";
import type { Mistakes } from "./validate.ts";

interface DatasetDraftSettings {
  readonly id: DatasetId;
  readonly file: DefinitionFile;
  readonly mistakes: Mistakes;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly story?: string;
  readonly renamedFrom?: string;
  readonly odcs?: Readonly<Record<string, unknown>>;
  readonly monitors?: MonitorSettings;
  /** Undefined where the definition declares none, or none that can be used. */
  readonly columns?: readonly ColumnDraft[];
  readonly checks: readonly CheckDraft[];
}

export interface SourceDraft extends DatasetDraftSettings {
  readonly kind: "source";
  readonly from?: FilesOrigin | { readonly kind: "generator" };
  readonly quarantine: { readonly warn: number; readonly stop: number };
  readonly freshness?: FreshnessLimits;
}

export interface ModelDraft extends DatasetDraftSettings {
  readonly kind: "model";
  readonly materialized?: Materialization;
  readonly query?: QueryDraft;
  /** Computed by a `rows` function. */
  readonly computed: boolean;
  /** The inputs a TypeScript model lists: alias to dataset name. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface QueryDraft {
  readonly sql: string;
  /** Where in the file an offset of the SQL stands. */
  readonly placeOf: (position: number | undefined, length: number | undefined) => Place;
}

export type DatasetDraft = SourceDraft | ModelDraft;

/** What of a dataset is known without reading its definition again. */
export type DatasetEntry = Pick<DatasetDraft, "id" | "kind" | "file" | "mistakes" | "story" | "renamedFrom">;

export interface ConsumerDraft {
  readonly kind: "consumer";
  readonly node: Omit<ConsumerNode, "reads" | "columns">;
  /** Dataset names as written; with the columns, or all of them. */
  readonly reads: readonly { readonly dataset: string; readonly columns?: readonly string[] }[];
  readonly mistakes: Mistakes;
}

export interface StoryDraft {
  readonly kind: "story";
  readonly node: StoryNode;
  readonly mistakes: Mistakes;
}

export type Draft = DatasetDraft | ConsumerDraft | StoryDraft;

/**
 * The compiled project as one plain document: what every later step reads instead of files.
 *
 * This room holds its types, walks and selections. It never reads a file, a clock or a store; the same
 * document is printed by the CLI, pinned by a release and fed to golden tests.
 */
import type { CheckSpec } from "../define/check-spec.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { Accuracy, ConsumerKind } from "../define/consumer.ts";
import type { MonitorSettings } from "../define/monitors.ts";
import type { Hook, HookEvent } from "../define/hook.ts";
import type { EngineOptions, LineageOptions } from "../define/project.ts";
import type { FilesOrigin, FreshnessLimits } from "../define/source.ts";
import type { QueryLineage } from "./lineage.ts";
import type { Materialized } from "./materialized.ts";
import type { ProvenUnique } from "./unique-columns.ts";

/** `schema.name`, from the definition's path. */
export type DatasetId = string;

/** A column as compiled: the contract's promise (where declared) and the engine's type. */
export interface GraphColumn {
  readonly name: string;
  /** Type in the engine, such as `BIGINT` or `DECIMAL(18,2)`. */
  readonly engineType: string;
  /** What the contract declares; absent for columns that the engine inferred. */
  readonly declared?: ColumnSpec;
  /** What its numbers count or measure: as declared, or as of the column whose values are passed on. */
  readonly unit?: string;
}

/** A check with its name and severity settled. */
export type GraphCheck = CheckSpec & { readonly name: string; readonly severity: "warn" | "stop" };

interface DatasetSettings {
  readonly id: DatasetId;
  /** Path of the definition, relative to the project, with `/`. */
  readonly path: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly story?: string;
  /** The name it had before: its versions and history go on under the new one. No dataset has that name now. */
  readonly renamedFrom?: DatasetId;
  /** What a document of ODCS says beyond: a patch over what is exported. */
  readonly odcs?: Readonly<Record<string, unknown>>;
  readonly columns: readonly GraphColumn[];
  readonly checks: readonly GraphCheck[];
  /** What its monitors do, where it is not to warn. */
  readonly monitors?: MonitorSettings;
  /** Hash of everything that changes the data (not documentation, owners or checks). */
  readonly fingerprint: string;
  /** Hash of the checks, severities and limits: changing them means auditing again, not building again. */
  readonly auditFingerprint: string;
}

export interface SourceNode extends DatasetSettings {
  readonly kind: "source";
  readonly inputs: readonly [];
  readonly from: FilesOrigin | { readonly kind: "generator" };
  /** Shares of a delivery's records, 0 to 1. */
  readonly quarantine: { readonly warn: number; readonly stop: number };
  readonly freshness?: FreshnessLimits;
}

/** Values a model may ask for by name (`$run_time`, `$run_date`): the run's logical time. */
export type Parameter = "run_time" | "run_date";

export interface ModelNode extends DatasetSettings {
  readonly kind: "model";
  readonly inputs: readonly DatasetId[];
  /** How rows come about: one query, or the definition's `rows` function run by a worker. */
  readonly by: { readonly kind: "sql"; readonly sql: string; readonly ordered: boolean } | ComputedBy;
  readonly parameters: readonly Parameter[];
  /** Absent where it is built as a whole. */
  readonly materialized?: Materialized;
  /** What the query means, part by part; absent where only the whole is known, as of a definition with `rows`. */
  readonly meaning?: QueryMeaning;
  /** Absent where nothing is known: then every column depends on every column of every input. */
  readonly lineage?: QueryLineage;
  /** What it promises to be unique and its query proves, given its inputs; absent where that is nothing. */
  readonly unique?: readonly ProvenUnique[];
}

/** Hashes of what a query means; equal ones mean the same, whatever datasets and tables are called. */
export interface QueryMeaning {
  /** Of the whole query, with its datasets told by their place in `tables`. */
  readonly query: string;
  readonly tables: readonly DatasetId[];
  /** Of all that decides about rows. Absent, with `columns`, where the parts cannot be told apart. */
  readonly rows?: string;
  /** Of each output column, in their order. */
  readonly columns?: readonly string[];
}

/** A TypeScript model: `aliases` maps the names its function uses to datasets. */
export interface ComputedBy {
  readonly kind: "rows";
  readonly aliases: Readonly<Record<string, DatasetId>>;
}

export type DatasetNode = SourceNode | ModelNode;

export interface ConsumerNode {
  readonly name: string;
  readonly path: string;
  readonly type: ConsumerKind;
  readonly description?: string;
  readonly owner?: string;
  readonly reads: readonly DatasetId[];
  /** The columns it reads of a dataset; all of them where a dataset is absent. */
  readonly columns?: Readonly<Record<DatasetId, readonly string[]>>;
  readonly freshness?: FreshnessLimits;
  readonly story?: string;
  /** Of an ML model: by dataset, the release (`prod@12`) or the id of the version that it was trained on. */
  readonly trainedOn?: Readonly<Record<DatasetId, string>>;
  readonly accuracy?: Accuracy;
}

/** A piece of user value: Markdown with front matter. */
export interface StoryNode {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  /** Lower comes first. */
  readonly priority?: number;
  readonly iteration?: string;
  readonly owner?: string;
  /** The Markdown below the front matter. */
  readonly text: string;
}

export interface ProjectSettings {
  readonly name: string;
  readonly storage: string;
  readonly state: string;
  readonly engine: EngineOptions;
  readonly publish: "good" | "all";
  readonly lineage?: LineageOptions;
  /** Who answers for what has no owner of its own. */
  readonly owner?: string;
  readonly hooks?: readonly NamedHook[];
}

/** A hook with its settings settled. Of secrets it has the names of environment variables only. */
export type NamedHook = Hook & { readonly name: string; readonly on: readonly HookEvent[] };

export interface Graph {
  readonly format: 1;
  readonly project: ProjectSettings;
  /** In order of dependence: inputs come before what reads them; ties by name. */
  readonly datasets: readonly DatasetNode[];
  readonly consumers: readonly ConsumerNode[];
  readonly stories: readonly StoryNode[];
}

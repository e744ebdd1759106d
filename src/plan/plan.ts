/**
 * What a run would do, why, and whom it touches: a document, made from the compiled project and what the
 * store knows, and from nothing else. This room computes; it reads no file and asks no store.
 */
import type { Grain } from "../define/materialization.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import type { JudgedContractChange } from "./judge-contract.ts";

/** Why a dataset is touched, most telling cause first. */
export type Reason =
  | { readonly because: "new" }
  | { readonly because: "definition" }
  | { readonly because: "files"; readonly added: number; readonly changed: number; readonly removed: number }
  | { readonly because: "generator" }
  /** A source that moves on to what another environment has read. */
  | { readonly because: "promoted"; readonly from: string }
  | { readonly because: "inputs"; readonly inputs: readonly DatasetId[] }
  /** Inputs move on, but in no column that it reads: it is looked at, and stays if that proves true. */
  | { readonly because: "unread"; readonly inputs: readonly DatasetId[] }
  | { readonly because: "checks" }
  /** Its checks refer to datasets that move on. */
  | { readonly because: "references"; readonly datasets: readonly DatasetId[] }
  | { readonly because: "clock" }
  | { readonly because: "renamed"; readonly from: DatasetId }
  | { readonly because: "removed" };

/** A column that exists before and after, with another type. */
export interface RetypedColumn {
  readonly column: string;
  /** Types in the engine. */
  readonly from: string;
  readonly to: string;
}

/** How the columns and rows that a definition promises differ from those it promised. */
export interface ColumnChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly retyped: readonly RetypedColumn[];
  /** Same name and type, made in another way. */
  readonly redefined: readonly string[];
  /** What decides about rows changed, so that every column may. */
  readonly rows: boolean;
}

/** Somebody who read a column that is gone or has another type. */
export interface BrokenReader {
  readonly column: string;
  /** Models, in order of dependence, then consumers. A model is named with the columns that depend on it. */
  readonly models: readonly DatasetId[];
  readonly consumers: readonly string[];
}

/** Whom a change of columns reaches, by column lineage. */
export interface Reach {
  /** Columns of other datasets that depend on what changed, as `schema.dataset.column`. */
  readonly columns: readonly string[];
  readonly models: readonly DatasetId[];
  readonly consumers: readonly string[];
  readonly stories: readonly string[];
  /** Who answers for those models and consumers. */
  readonly owners: readonly string[];
  /** False where some of it is only assumed, because lineage is not proven. */
  readonly proven: boolean;
}

/** What a changed definition means for those who read the dataset. */
export interface Change {
  /**
   * `breaking` when a column that somebody reads is gone or has another type, the dataset is gone, or a source's contract
   * takes back what somebody reads or refuses what it accepted.
   */
  readonly severity: "breaking" | "compatible";
  readonly columns: ColumnChanges;
  readonly broken: readonly BrokenReader[];
  readonly reach: Reach;
  /** Of a source: what its contract takes back or refuses from now on. */
  readonly contract?: readonly JudgedContractChange[];
  /** Present where a model is kept in another way than before. */
  readonly kept?: { readonly from: KeptAs; readonly to: KeptAs };
}

/** How a model's content is kept, in a word. */
export type KeptAs = "full" | Materialized["kind"];

/** What a build is likely to bring and to take, by what earlier ones did. */
export interface Estimate {
  readonly rows: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** How many earlier builds it is made from. */
  readonly builds: number;
}

/** How much of a model that is built in parts would be built. */
export interface PartsForecast {
  /** What is counted: files of the input, or intervals. */
  readonly unit: PartUnit;
  /** Absent where nothing can be said before the inputs in `after` are there. */
  readonly build?: number;
  readonly of?: number;
  /** False where it may be less, or where inputs that move on bring more. */
  readonly exact: boolean;
  /** The first and the last interval. */
  readonly first?: string;
  readonly last?: string;
  /** Rows that this is likely to be, by the version before. */
  readonly rows?: number;
  readonly after?: readonly DatasetId[];
}

export type PartUnit = "file" | Grain;

interface StageSettings {
  readonly dataset: DatasetId;
  readonly reason: Reason;
  /** Consumers and stories downstream of the dataset. */
  readonly consumers: readonly string[];
  readonly stories: readonly string[];
  /** The name under which it is published until this plan is executed. */
  readonly renamedFrom?: DatasetId;
  /** For a model that is not built as a whole. */
  readonly materialized?: Materialized["kind"];
  /** For a definition that changed or left the project. */
  readonly change?: Change;
}

/** One step of a plan; read once to explain and once to execute. */
export type Stage =
  /** Read landing files or a generator through the contract. */
  | (StageSettings & { readonly kind: "read"; readonly estimate?: Estimate })
  /** Build a model. The build is skipped when its inputs turn out to be unchanged. */
  | (StageSettings & {
      readonly kind: "build";
      readonly estimate?: Estimate;
      readonly parts?: PartsForecast;
    })
  /** Point to a version that exists already; other environments point to it, or none does. */
  | (StageSettings & {
      readonly kind: "reuse";
      readonly version: string;
      readonly environments?: readonly string[];
      /** The environment from which it is taken over as it is there, by a promotion. */
      readonly promotedFrom?: string;
    })
  /** Audit the current version again: its checks changed, or what they refer to moves on. */
  | (StageSettings & { readonly kind: "audit"; readonly version: string })
  /** Stop pointing to a dataset that left the project. */
  | (StageSettings & { readonly kind: "drop" });

/** A dataset of whose definition only words changed: nothing is built or audited for that. */
export interface MetadataChange {
  readonly dataset: DatasetId;
  /** Names of the settings, such as `owner`. */
  readonly settings: readonly string[];
  /** Of a source: what its contract takes back all the same, as a unit does. */
  readonly contract?: readonly JudgedContractChange[];
}

/** A consumer or story that is new, says something else, or is gone. */
export interface LinkChange {
  readonly kind: "consumer" | "story";
  /** The consumer's name, the story's id. */
  readonly name: string;
  readonly change: "new" | "changed" | "removed";
}

export interface Plan {
  readonly format: 1;
  readonly environment: string;
  /** The release this plan starts from; 0 before the first. */
  readonly base: number;
  readonly graphHash: string;
  /** In order of dependence. */
  readonly stages: readonly Stage[];
  /** Datasets in scope that stay as they are. */
  readonly unchanged: readonly DatasetId[];
  /** Datasets that are described in another way than before, whether or not something happens to them. */
  readonly metadata: readonly MetadataChange[];
  readonly links: readonly LinkChange[];
  /**
   * The project says something that its environment does not know yet, be it in words, checks, consumers or stories:
   * where no data moves, a release that moves none records it.
   */
  readonly restated: boolean;
}

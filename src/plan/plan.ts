/**
 * What a run would do, why, and whom it touches: a document, made from the compiled project and what the
 * store knows, and from nothing else. This room computes; it reads no file and asks no store.
 */
import type { DatasetId } from "../graph/graph.ts";

/** Why a dataset is touched, most telling cause first. */
export type Reason =
  | { readonly because: "new" }
  | { readonly because: "definition" }
  | { readonly because: "files"; readonly added: number; readonly changed: number; readonly removed: number }
  | { readonly because: "generator" }
  | { readonly because: "inputs"; readonly inputs: readonly DatasetId[] }
  | { readonly because: "checks" }
  | { readonly because: "clock" }
  | { readonly because: "removed" };

interface StageSettings {
  readonly dataset: DatasetId;
  readonly reason: Reason;
  /** Consumers and stories downstream of the dataset. */
  readonly consumers: readonly string[];
  readonly stories: readonly string[];
}

/** One step of a plan; read once to explain and once to execute. */
export type Stage =
  /** Read landing files or a generator through the contract. */
  | (StageSettings & { readonly kind: "read" })
  /** Build a model. The build is skipped when its inputs turn out to be unchanged. */
  | (StageSettings & { readonly kind: "build" })
  /** Point to a version that exists already. */
  | (StageSettings & { readonly kind: "reuse"; readonly version: string })
  /** Audit the current version again: its checks changed. */
  | (StageSettings & { readonly kind: "audit"; readonly version: string })
  /** Stop pointing to a dataset that left the project. */
  | (StageSettings & { readonly kind: "drop" });

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
}

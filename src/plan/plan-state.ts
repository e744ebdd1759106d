import type { Listing } from "../graph/delivery.ts";
import type { DatasetId, Graph, Parameter } from "../graph/graph.ts";
import type { Held, Pointer, Version } from "../graph/version.ts";

/** A version that another environment publishes, and whether something newer is refused there. */
export interface Offer {
  readonly version: Version;
  readonly held?: Held;
}

/** What a promotion brings along: it reads nothing new, so sources stand where one of the two environments has them. */
export interface Promotion {
  /** The environment that is promoted. */
  readonly from: string;
  /** What is taken over as it is there, by dataset. */
  readonly offers: ReadonlyMap<DatasetId, Offer>;
  /**
   * Sources that stay at what the target has read, because that is newer; with the landing files that either of the two
   * has read, which are all that is read again under another contract.
   */
  readonly kept: ReadonlyMap<DatasetId, ReadonlySet<string>>;
}

/** What the world looks like to a plan. */
export interface PlanState {
  readonly environment: string;
  readonly base: number;
  readonly graphHash: string;
  readonly engineVersion: string;
  /** The run's logical time, as the values its parameters take. */
  readonly parameters: Readonly<Record<Parameter, string>>;
  readonly pointers: ReadonlyMap<DatasetId, Pointer>;
  /** The versions pointed to, by id. */
  readonly versions: ReadonlyMap<string, Version>;
  /**
   * Which audits versions have passed: `version/auditFingerprint` by their own rows, `version/` and what
   * `referenceAudit` says against the datasets that checks refer to.
   */
  readonly audited: ReadonlySet<string>;
  readonly listings: ReadonlyMap<DatasetId, Listing>;
  /** The project that the environment runs, where it is another one. */
  readonly before?: Graph;
  /** Earlier names, by the present one, of datasets that are published under the earlier. `pointers` has the present. */
  readonly renames: ReadonlyMap<DatasetId, DatasetId>;
  /** Datasets the run may touch; undefined means all, including dropping what left the project. */
  readonly selected?: ReadonlySet<DatasetId>;
  /** For the plan of a promotion. */
  readonly promotion?: Promotion;
  /** Who is held, and why. */
  readonly held: Readonly<Record<DatasetId, Held>>;
  /** Versions that exist for a build key, in any environment. */
  readonly find: (buildKey: string) => Promise<Version | undefined>;
}

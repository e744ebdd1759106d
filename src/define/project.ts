import type { Hook } from "./hook.ts";

export interface EngineOptions {
  /** Memory of all workers together, such as `"3GB"`. Default: half of the machine's. */
  readonly memory?: string;
  /** How many worker processes build at once. Default: the number of cores. */
  readonly workers?: number;
}

export interface LineageOptions {
  /**
   * A file that events of OpenLineage are appended to, one per line (`"file:lineage.ndjson"`, relative to the
   * project), or the address they are sent to (`"https://marquez.example"`). `OPENLINEAGE_URL` goes before it.
   */
  readonly openLineage?: string;
}

export interface ProjectOptions {
  readonly name: string;
  /** Where versions are kept: a directory, relative to the project, or `s3://bucket/prefix`. Default `.sluice/data`. */
  readonly storage?: string;
  /** Where the truth is kept, relative to the project. Default `.sluice/state.db`. */
  readonly state?: string;
  readonly engine?: EngineOptions;
  /** `good` (default) publishes what passed and holds the rest; `all` publishes everything or nothing. */
  readonly publish?: "good" | "all";
  /** Where events about runs go, for catalogues that understand them. */
  readonly lineage?: LineageOptions;
  /** Who hears of incidents, and how: `webhook(…)`, `slack(…)`, `email(…)`. */
  readonly hooks?: readonly Hook[];
  /** Who answers for what has no owner of its own. */
  readonly owner?: string;
  /** Teams and people by handle, for `owner` settings. */
  readonly people?: Readonly<Record<string, { readonly name?: string; readonly email?: string }>>;
}

export interface Project extends ProjectOptions {
  readonly kind: "project";
}

/** Define the project: the default export of `sluice.config.ts`. */
export function project(options: ProjectOptions): Project {
  return Object.freeze({ kind: "project" as const, ...options });
}

import type { Engine } from "../engine/engine.ts";
import type { Executor } from "../executor/executor.ts";
import type { Listing } from "../graph/delivery.ts";
import type { NamedHook } from "../graph/graph.ts";
import type { Courier, Mailer, Sink } from "../sink/sink.ts";
import type { Storage } from "../storage/storage.ts";
import type { Holder, Holding, Store } from "../store/store.ts";

/** Tells other programs of runs. */
export interface LineageOutlet {
  /** A sink for the events of one run. */
  open(): Sink;
  /** The namespace of jobs. */
  readonly namespace: string;
  /** A URI that names this program and its version. */
  readonly producer: string;
}

/** Where a hook leads, once its secrets are read; or why they cannot be. */
export type HookTarget =
  | { readonly url: URL; readonly secret?: string | undefined }
  | { readonly problem: string };

/** Tells people of what happens. */
export interface HookOutlet {
  /** The project, as messages name it. */
  readonly project: string;
  readonly hooks: readonly NamedHook[];
  /** Reads the secrets of a hook, which are kept nowhere. */
  readonly target: (hook: NamedHook) => HookTarget;
  readonly courier: Courier;
  readonly mailer: Mailer;
  /** Milliseconds that one attempt may take, and that telling may take at the end of one command. */
  readonly timeout: number;
  readonly patience: number;
}

/** Everything a run needs from the world, chosen once in `wiring.ts`. */
export interface Ports {
  readonly store: Store;
  readonly storage: Storage;
  readonly engine: Engine;
  /** Starts the workers on first use. */
  readonly executor: () => Promise<Executor>;
  /** The project's directory, absolute. */
  readonly root: string;
  readonly list: (patterns: readonly string[]) => Listing;
  /** SHA-256 of a file on this machine, hex. */
  readonly hashFile: (path: string) => Promise<string>;
  /** Where events of OpenLineage go; absent where nobody wants them. */
  readonly lineage?: LineageOutlet | undefined;
  /** Who is told of what happens; absent where nobody wants to be. */
  readonly hooks?: HookOutlet | undefined;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly holder: Holder;
  readonly isAlive: (holder: Holder, holding: Holding) => boolean;
  /** Milliseconds between signs of life of whoever writes, and without one before another machine takes over. */
  readonly signsOfLife: { readonly every: number; readonly silence: number };
  /** Under which name this process stages files, and whether another such name still has its process. */
  readonly owner: string;
  readonly isOwnerAlive: (owner: string) => boolean;
}

import type { ErrorCode } from "../errors.ts";
import type { Work, WorkProgress, WorkResult } from "../executor/executor.ts";

/** What a worker is told. One piece of work at a time; `cancel` stops the one at hand. */
export type Instruction =
  | { readonly type: "work"; readonly id: number; readonly work: Work }
  | { readonly type: "cancel"; readonly id: number };

/** What a worker says. */
export type Message =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly id: number; readonly progress: WorkProgress }
  | { readonly type: "done"; readonly id: number; readonly result: WorkResult }
  | { readonly type: "failed"; readonly id: number; readonly error: Failure };

/** An error on its way between processes. Without a code it is a bug, and carries its stack. */
export interface Failure {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: readonly string[];
  readonly stack?: string;
}

/** How a worker is set up, handed over in its environment as JSON. */
export interface WorkerSettings {
  /** The project's directory, absolute. */
  readonly root: string;
  /** Where versions are kept, as the project says it. */
  readonly storage: string;
  /** The staging owner this worker works for. */
  readonly owner: string;
  /** Bytes for the engine of this worker. */
  readonly memory: number;
  readonly threads: number;
}

/** The environment variable that carries `WorkerSettings`. */
export const workerSettingsVariable = "SLUICE_WORKER";

/** What is said between the program and the thread that evaluates definitions. */
import type { EvaluatedModule } from "../compile/definitions.ts";
import type { DiagnosticCode } from "../errors.ts";

/** What a thread is started with. */
export interface ThreadStart {
  /** The project's directory, absolute. */
  readonly root: string;
  /** One 32-bit number: the index of the file that is being evaluated, so that a dead thread leaves its last word. */
  readonly progress: SharedArrayBuffer;
}

/** Files in the order in which they are evaluated. What was evaluated before is not evaluated again. */
export type ThreadTask = readonly ThreadFile[];

export interface ThreadFile {
  /** Relative to the project. */
  readonly path: string;
  /** The dataset's name, where the path makes one. */
  readonly dataset?: string;
}

export interface ThreadAnswer {
  readonly modules: readonly ThreadModule[];
  /** Files that definitions import, and manifests of the packages they import; relative to the project. */
  readonly imported: readonly string[];
  /** Environment variables that definitions read; `*` when they looked at all of them. */
  readonly environment: readonly string[];
}

export interface ThreadModule {
  readonly path: string;
  /** Absent when the module could not be evaluated. */
  readonly value?: EvaluatedModule;
  /** SHA-256 of the module and everything it imports. */
  readonly hash: string;
  readonly problems: readonly ThreadProblem[];
}

export interface ThreadProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly suggestion?: string;
  /** The setting it is about, to be found in the module's text. */
  readonly setting?: readonly (string | number)[];
  /** Or the file and place where something was thrown. */
  readonly thrown?: ThrownPlace;
}

export interface ThrownPlace {
  /** Relative to the project. */
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

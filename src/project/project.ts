/**
 * The room that reads a project from disk: finds it, looks at its files, evaluates its TypeScript, lists its
 * landing files, and has it compiled. It never writes to a project but to the cache below `.sluice/`, never
 * opens a store or an engine, and never lets a definition run in the program's own thread.
 */

/** A file of the project as it lies there. */
export interface ScannedFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time in nanoseconds since 1970, as text. */
  readonly modified: string;
  /** Changes whenever the file may have: size, times and, of files written just now, content. */
  readonly state: string;
}

/** What the project's files look like at one moment, without their content. */
export interface ProjectScan {
  /** The project's directory, absolute. */
  readonly root: string;
  /** Sorted by path. */
  readonly files: readonly ScannedFile[];
  /** Where files of the project may appear: relative to it, `""` for itself. */
  readonly directories: readonly string[];
  /** Changes when a file of the project does: the same signature means the same project. */
  readonly signature: string;
}

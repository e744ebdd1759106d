/** What one compilation of a project leaves to the next on this machine: files, pieces, evaluated modules. */
import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import type { Compilation } from "../compile/compile.ts";
import type { Earlier, Piece } from "../compile/piece.ts";
import { splitPassword } from "../compile/state-address.ts";
import type { CacheDatabase } from "./cache-db.ts";
import type { EarlierLoad } from "./earlier-load.ts";
import { type EnvironmentState, environmentState, isSameEnvironment } from "./environment-state.ts";
import { configName } from "./find-project.ts";
import type { LoadedProject } from "./load-definitions.ts";
import type { ProjectScan } from "./project.ts";
import type { ThreadAnswer } from "./thread-protocol.ts";

interface Left {
  /** Path, state, hash of the text. */
  readonly files: readonly (readonly [path: string, state: string, hash: string])[];
  /** Path, hash of the definition, what came of it. */
  readonly pieces: readonly (readonly [path: string, hash: string, piece: Piece])[];
  /** State of what the modules are made from. */
  readonly modules: string;
  readonly environment: EnvironmentState;
}

/** An earlier compilation, for those who load and compile anew. */
export interface EarlierProject extends EarlierLoad, Earlier {
  /** The evaluation as it is kept. */
  readonly evaluated?: Uint8Array;
  /** Whether a file changed that the engine may have to be asked about. */
  readonly needsEngine: boolean;
}

/** What the cache remembers of a project, held against its files as they are now. */
export function readEarlier(database: CacheDatabase, scan: ProjectScan): EarlierProject | undefined {
  const cached = database.latest();
  if (cached === undefined) return undefined;
  const left = JSON.parse(cached.files) as Left;
  const states = new Map(scan.files.map(({ path, state }) => [path, state]));
  const hashes = new Map<string, string>();
  for (const [path, state, hash] of left.files) if (states.get(path) === state) hashes.set(path, hash);
  const pieces = new Map(left.pieces.map(([path, hash, piece]) => [path, { hash, piece }]));
  const evaluated =
    left.modules === modulesState(scan) && isSameEnvironment(left.environment) ? cached.evaluation : null;
  return {
    hash: (path) => hashes.get(path),
    ...(evaluated === null ? {} : { evaluated, evaluation: deserialize(evaluated) as ThreadAnswer }),
    piece: (path, hash) => {
      const found = pieces.get(path);
      return found?.hash === hash ? found.piece : undefined;
    },
    nodeTexts: (keys) => database.nodes(keys),
    needsEngine: scan.files.some(({ path }) => path.startsWith("models/") && !hashes.has(path)),
  };
}

/** Keep what a compilation found, for the next: whole projects without mistakes, and the pieces of others. */
export function keepForNext(
  database: CacheDatabase,
  scan: ProjectScan,
  { definitions, evaluation, environment, hashes }: LoadedProject,
  { outline, sketches, diagnostics, pieces, texts, shapesKey }: Compilation,
  graphHash: string | undefined,
  earlier: EarlierProject | undefined,
): void {
  const environmentNow = environmentState(environment);
  const left: Left = {
    files: scan.files.flatMap(({ path, state }) => {
      const hash = hashes.get(path);
      return hash === undefined ? [] : [[path, state, hash] as const];
    }),
    pieces: definitions.files.flatMap(({ path, hash }) => {
      const piece = pieces.get(path);
      return piece === undefined ? [] : [[path, hash, piece] as const];
    }),
    modules: modulesState(scan),
    environment: environmentNow,
  };
  database.save({
    latest: {
      files: JSON.stringify(left),
      evaluation: earlier?.evaluated ?? (outline === undefined ? null : keepable(evaluation)),
    },
    nodes: texts.made,
    count: pieces.size,
    ...(outline === undefined || graphHash === undefined
      ? {}
      : {
          project: {
            key: scan.signature,
            row: {
              graphHash,
              diagnostics: JSON.stringify(diagnostics),
              environment: JSON.stringify(environmentNow),
              outline: JSON.stringify(outline),
              sketches: JSON.stringify(sketches),
              shapesKey,
            },
          },
        }),
  });
}

/**
 * The evaluation without the password that the state's address may have. Null where something failed: that may go well
 * next time although no file that we know of changed, as when a missing import appears.
 */
function keepable(evaluation: ThreadAnswer | undefined): Uint8Array | null {
  if (evaluation?.modules.some(({ problems }) => problems.length > 0) !== false) return null;
  const modules = evaluation.modules.map((module) => {
    const state = module.path === configName ? module.value?.["state"] : undefined;
    if (module.value === undefined || typeof state !== "string") return module;
    return { ...module, value: { ...module.value, state: splitPassword(state).address } };
  });
  return serialize({ ...evaluation, modules } satisfies ThreadAnswer);
}

/** Everything but the texts that no module imports. */
function modulesState({ files }: ProjectScan): string {
  const hash = createHash("sha256");
  for (const { path, state } of files)
    if (!/^(?:models\/.*\.sql|stories\/.*\.md)$/.test(path)) hash.update(`${path}\0${state}\n`);
  return hash.digest("hex");
}

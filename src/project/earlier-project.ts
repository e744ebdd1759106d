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

/** A file with the hash of its text; and of the definition in it, where that is another, what came of it and its hash. */
type LeftFile = readonly [path: string, state: string, hash: string, piece?: Piece, definition?: string];

interface Left {
  /** By path. */
  readonly files: readonly LeftFile[];
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
  const files = new Map(left.files.map((file) => [file[0], file]));
  const unchanged = new Set<string>();
  for (const { path, state } of scan.files) if (files.get(path)?.[1] === state) unchanged.add(path);
  const hashOf = (path: string): string | undefined =>
    unchanged.has(path) ? files.get(path)?.[2] : undefined;
  const evaluated =
    left.modules === modulesState(scan) && isSameEnvironment(left.environment) ? cached.evaluation : null;
  return {
    hash: hashOf,
    ...(evaluated === null ? {} : { evaluated, evaluation: deserialize(evaluated) as ThreadAnswer }),
    piece: (path, hash) => {
      const [, , text, piece, definition = text] = files.get(path) ?? [];
      return definition === hash ? piece : undefined;
    },
    nodeTexts: (keys) => database.nodes(keys),
    needsEngine: scan.files.some(({ path }) => path.startsWith("models/") && !unchanged.has(path)),
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
  const definedBy = new Map(definitions.files.map(({ path, hash }) => [path, hash]));
  const left: Left = {
    files: scan.files.flatMap(({ path, state }): readonly LeftFile[] => {
      const [hash, definition, piece] = [hashes.get(path), definedBy.get(path), pieces.get(path)];
      if (hash === undefined) return [];
      if (piece === undefined || definition === undefined) return [[path, state, hash]];
      return [definition === hash ? [path, state, hash, piece] : [path, state, hash, piece, definition]];
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

const isText = (path: string): boolean =>
  (path.startsWith("models/") && path.endsWith(".sql")) ||
  (path.startsWith("stories/") && path.endsWith(".md"));

/** Everything but the texts that no module imports. */
function modulesState({ files }: ProjectScan): string {
  const hash = createHash("sha256");
  for (const { path, state } of files) if (!isText(path)) hash.update(`${path}\0${state}\n`);
  return hash.digest("hex");
}

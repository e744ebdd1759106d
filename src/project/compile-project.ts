import { lazyGraph } from "../compile/lazy-graph.ts";
import { type GraphOutline, type NodeSketch, assembleGraph } from "../compile/piece.ts";
import type { Diagnostic } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { EarlierProject } from "./earlier-project.ts";
import { CacheDatabase } from "./cache-db.ts";
import { EarlierLost } from "./earlier-load.ts";
import { type EnvironmentState, isSameEnvironment } from "./environment-state.ts";
import type { FirstCompilation } from "./first-compilation.ts";
import { writeImports } from "./imports-list.ts";
import type { LazyBinder } from "./lazy-binder.ts";
import type { LoadOptions } from "./load-definitions.ts";
import type { ProjectScan } from "./project.ts";
import { isAlwaysScanned, scanProject } from "./scan.ts";
import { writeTypes } from "./write-types.ts";

export interface CompileOptions extends LoadOptions {
  /** Whether to use and fill the cache below `.sluice/`. Default true. */
  readonly cache?: boolean;
  /** A binder to use and to leave open, for those who compile again and again. */
  readonly binder?: LazyBinder;
  /** What was begun already. */
  readonly first?: FirstCompilation;
}

export interface CompiledProject {
  /** Present when there is no diagnostic of severity `error`. */
  readonly graph?: Graph;
  readonly graphHash?: string;
  /** Sorted by path and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The files the answer is made from. */
  readonly scan: ProjectScan;
}

/** A checked project: what is wrong with it, and without mistakes what is in it, but for its datasets. */
export interface CheckedProject extends Omit<CompiledProject, "graph"> {
  readonly outline?: GraphOutline;
}

/**
 * Compile the project in a directory. Unchanged projects are answered from the cache without loading,
 * evaluating or binding anything; of changed ones only what changed is read and bound again.
 */
export async function compileProject(root: string, options: CompileOptions = {}): Promise<CompiledProject> {
  return await withAnswer(root, options, ({ diagnostics, scan, graphHash, graph }) => {
    const compiled = graphHash === undefined ? undefined : graph();
    return { diagnostics, scan, ...(compiled && graphHash ? { graph: compiled, graphHash } : {}) };
  });
}

/**
 * The same for those who look at little of a graph: its nodes are read when they are looked at. So what was kept may turn
 * out to be lost while `work` is under way, which is then begun once more; let it end with what cannot be done twice.
 */
export async function lookAtProject<T>(
  root: string,
  work: (project: CompiledProject) => Promise<T>,
  options: CompileOptions = {},
): Promise<T> {
  return await withAnswer(root, options, ({ diagnostics, scan, graphHash, lazyGraph: graph }) => {
    const compiled = graphHash === undefined ? undefined : graph();
    return work({ diagnostics, scan, ...(compiled && graphHash ? { graph: compiled, graphHash } : {}) });
  });
}

/**
 * The same for those who need no graph, because that of a large project is megabytes. What is wrong with tests is told
 * as well, once all else is right; then there is no outline either.
 */
export async function checkProject(root: string, options: CompileOptions = {}): Promise<CheckedProject> {
  return await withAnswer(root, options, async (answer) => {
    const { scan, graphHash, outline } = answer;
    const diagnostics = [...answer.diagnostics, ...(await mistakesOfTests(answer, options))];
    const isSound = diagnostics.every(({ severity }) => severity !== "error");
    return { diagnostics, scan, ...(outline && graphHash && isSound ? { outline, graphHash } : {}) };
  });
}

async function mistakesOfTests(
  { scan, lazyGraph: graph }: Answer,
  { binder }: CompileOptions,
): Promise<readonly Diagnostic[]> {
  if (!scan.files.some(({ path }) => path.startsWith("tests/"))) return [];
  const compiled = graph();
  if (compiled === undefined) return [];
  const { loadTests } = await import("./load-tests.ts");
  return (await loadTests(scan, compiled, binder)).diagnostics;
}

/** Loaded only when it is needed: a project that is in the cache needs none of it. */
export const loadCompiler = () =>
  Promise.all([
    import("./load-definitions.ts"),
    import("../compile/compile.ts"),
    import("../compile/graph-hash.ts"),
    import("./lazy-binder.ts"),
  ]);

/** What is known of a project while its cache is open. */
interface Answer extends CheckedProject {
  /** Errors: `EarlierLost`. */
  readonly graph: () => Graph | undefined;
  /** The same, whose nodes are read when they are looked at. Errors: `EarlierLost`, also later. */
  readonly lazyGraph: () => Graph | undefined;
}

/** Answer from the cache, or compile; and once more, believing nothing, where what was believed did not hold. */
async function withAnswer<T>(
  root: string,
  options: CompileOptions,
  use: (answer: Answer) => T | Promise<T>,
): Promise<T> {
  if (options.cache === false) return await use(await compileFresh(scanProject(root), options, undefined));
  const database = new CacheDatabase(root);
  try {
    try {
      const scan = scanProject(root);
      return await use(
        findReady(database, scan) ??
          (await compileFresh(scan, options, database, await openEarlier(database, scan))),
      );
    } catch (error) {
      // What the cache holds is JSON, so a syntax error is damage that the database did not see.
      if (!(error instanceof EarlierLost || error instanceof SyntaxError)) throw error;
      return await use(await compileFresh(scanProject(root), options, database));
    }
  } finally {
    database.close();
  }
}

async function openEarlier(database: CacheDatabase, scan: ProjectScan): Promise<EarlierProject | undefined> {
  const { readEarlier } = await import("./earlier-project.ts");
  try {
    return readEarlier(database, scan);
  } catch {
    // Damaged in a way that the database does not see.
    return undefined;
  }
}

/** The compiled project, where the cache knows these very files. */
function findReady(database: CacheDatabase, scan: ProjectScan): Answer | undefined {
  const found = database.project(scan.signature);
  if (found === undefined || !isSameEnvironment(JSON.parse(found.environment) as EnvironmentState))
    return undefined;
  const outline = JSON.parse(found.outline) as GraphOutline;
  const graph = (): Graph => assembleGraph(outline, database.nodes(outline.nodes));
  writeTypes(scan.root, () => graph().datasets, found.shapesKey);
  return {
    scan,
    outline,
    graphHash: found.graphHash,
    diagnostics: JSON.parse(found.diagnostics) as Diagnostic[],
    graph,
    lazyGraph: () =>
      lazyGraph(outline, JSON.parse(database.sketches(scan.signature)) as NodeSketch[], (keys) =>
        database.nodes(keys),
      ),
  };
}

/** From so many files on, memory is worth a little time. */
const manyFiles = 2000;

/** Where there is an earlier compilation, errors are also `EarlierLost`. */
async function compileFresh(
  scan: ProjectScan,
  options: CompileOptions,
  database: CacheDatabase | undefined,
  earlier?: EarlierProject,
): Promise<Answer> {
  const [{ loadDefinitions }, { compile }, { outlineHash }, { lazyBinder }] = await loadCompiler();
  const binder = options.binder ?? options.first?.takeBinder() ?? lazyBinder();
  const thread = options.first?.takeThread();
  if (earlier === undefined && scan.files.length > manyFiles) (await import("./save-memory.ts")).saveMemory();
  try {
    // Loading the engine and evaluating definitions take equally long. Where nothing is evaluated anew, it is loaded first:
    // then it opens while definitions are read.
    const loading = earlier?.needsEngine === false ? undefined : binder.warm();
    if (earlier?.evaluation !== undefined) await loading;
    const loaded = await loadDefinitions(scan, { ...options, ...(thread && { thread }) }, earlier);
    thread?.close();
    const seen =
      database === undefined || loaded.imported === undefined ? scan : includeImports(scan, loaded.imported);
    const compilation = await compile(loaded.definitions, binder, earlier);
    // The engine has said all it had to say, and its memory is needed for what follows.
    if (options.binder === undefined) binder.close();
    const { outline, sketches = [], diagnostics, texts } = compilation;
    const found = outline === undefined ? {} : { outline, graphHash: outlineHash(outline) };
    if (database !== undefined) {
      const { keepForNext } = await import("./earlier-project.ts");
      keepForNext(database, seen, loaded, compilation, found.graphHash, earlier);
      writeTypes(scan.root, compilation.shapes, compilation.shapesKey);
    }
    // Nothing else of the compilation is kept in memory.
    const graph = (): Graph | undefined => outline && assembleGraph(outline, texts.all(outline.nodes));
    const lazy = (): Graph | undefined => outline && lazyGraph(outline, sketches, (keys) => texts.all(keys));
    return { diagnostics, scan: seen, ...found, graph, lazyGraph: lazy };
  } finally {
    thread?.close();
    if (options.binder === undefined) binder.close();
  }
}

/**
 * What only the definitions told of belongs to the project from now on. Not if a file has changed in the meantime: what
 * was read may be what it was before.
 */
function includeImports(scan: ProjectScan, imported: readonly string[]): ProjectScan {
  const known = new Map(scan.files.map((file) => [file.path, file.state]));
  const more = imported.filter((path) => !known.has(path) || !isAlwaysScanned(path));
  if (!writeImports(scan.root, more)) return scan;
  const again = scanProject(scan.root);
  return again.files.every(({ path, state }) => (known.get(path) ?? state) === state) ? again : scan;
}

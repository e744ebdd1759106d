import type { Diagnostic } from "../errors.ts";
import type { Graph, ProjectSettings } from "../graph/graph.ts";
import { CacheDatabase, type CachedProject } from "./cache-db.ts";
import { type EnvironmentState, environmentState, isSameEnvironment } from "./environment-state.ts";
import { writeImports } from "./imports-list.ts";
import type { LoadOptions } from "./load-definitions.ts";
import type { ProjectScan } from "./project.ts";
import { isAlwaysScanned, scanProject } from "./scan.ts";

export interface CompileOptions extends LoadOptions {
  /** Whether to use and fill the cache below `.sluice/`. Default true. */
  readonly cache?: boolean;
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

/** A compiled project as the cache has it. The graph of a large project is megabytes, so it is read when asked for. */
export interface ReadyProject {
  readonly graphHash: string;
  readonly settings: ProjectSettings;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined when the cache was cleared in the meantime. */
  graph(): Graph | undefined;
}

/**
 * Compile the project in a directory. Unchanged projects are answered from the cache without loading,
 * evaluating or binding anything; of changed ones only what changed is bound again.
 */
export async function compileProject(root: string, options: CompileOptions = {}): Promise<CompiledProject> {
  const useCache = options.cache ?? true;
  const scan = scanProject(root);
  const database = useCache ? new CacheDatabase(root) : undefined;
  try {
    const ready = database && findReady(database, scan);
    const graph = ready?.graph();
    if (ready !== undefined && graph !== undefined) {
      return { graph, graphHash: ready.graphHash, diagnostics: ready.diagnostics, scan };
    }
    return await compileFresh(scan, options, database);
  } finally {
    database?.close();
  }
}

/** The compiled project, if the cache knows these very files. Reads nothing else. */
export function cachedGraph(root: string, scan: ProjectScan): ReadyProject | undefined {
  const database = new CacheDatabase(root);
  const ready = findReady(database, scan);
  if (ready === undefined) {
    database.close();
    return undefined;
  }
  return {
    ...ready,
    graph: () => {
      const graph = ready.graph();
      database.close();
      return graph;
    },
  };
}

function findReady(database: CacheDatabase, scan: ProjectScan): ReadyProject | undefined {
  const key = scan.signature;
  const found = database.project(key);
  if (found === undefined || !isSameEnvironment(JSON.parse(found.environment) as EnvironmentState))
    return undefined;
  return {
    graphHash: found.graphHash,
    settings: JSON.parse(found.settings) as ProjectSettings,
    diagnostics: JSON.parse(found.diagnostics) as Diagnostic[],
    graph: () => {
      const text = database.graph(key);
      return text === undefined ? undefined : (JSON.parse(text) as Graph);
    },
  };
}

async function compileFresh(
  scan: ProjectScan,
  options: CompileOptions,
  database: CacheDatabase | undefined,
): Promise<CompiledProject> {
  // Loaded only here: a project that is in the cache needs none of it.
  const [{ loadDefinitions }, { compile }, { graphHash }, { lazyBinder }] = await Promise.all([
    import("./load-definitions.ts"),
    import("../compile/compile.ts"),
    import("../compile/graph-hash.ts"),
    import("./lazy-binder.ts"),
  ]);
  const binder = lazyBinder();
  // Loading the engine and evaluating definitions take equally long and wait for each other only here.
  if (database?.hasAnswers() !== true) binder.warm();
  const { definitions, imported, environment } = await loadDefinitions(scan, options);
  const seen = database === undefined || imported === undefined ? scan : includeImports(scan, imported);
  try {
    const { graph, diagnostics } = await compile(definitions, binder, database);
    if (graph === undefined) {
      database?.save();
      return { diagnostics, scan: seen };
    }
    const hash = graphHash(graph);
    const project: CachedProject = {
      graphHash: hash,
      settings: JSON.stringify(graph.project),
      diagnostics: JSON.stringify(diagnostics),
      environment: JSON.stringify(environmentState(environment)),
    };
    database?.save({ key: seen.signature, project, graph: JSON.stringify(graph) });
    return { graph, graphHash: hash, diagnostics, scan: seen };
  } finally {
    binder.close();
  }
}

/** What only the definitions told of belongs to the project from now on. */
function includeImports(scan: ProjectScan, imported: readonly string[]): ProjectScan {
  const known = new Set(scan.files.map((file) => file.path));
  const more = imported.filter((path) => !known.has(path) || !isAlwaysScanned(path));
  return writeImports(scan.root, more) ? scanProject(scan.root) : scan;
}

import { exitCode } from "../errors.ts";
import { columnLinks } from "../graph/column-walks.ts";
import type { Graph } from "../graph/graph.ts";
import { lineageDocument } from "./lineage-document.ts";
import { lineageLines } from "./lineage-lines.ts";
import { lineageTarget } from "./lineage-target.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface LineageOptions extends VerbOptions {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly depth?: number;
  readonly columns?: boolean;
}

/** `sluice lineage`: where a dataset or a column comes from, and what depends on it. */
export async function lineage(shell: Shell, name: string, options: LineageOptions): Promise<number> {
  return await lookAtGraph(startDirectory(shell, options), async (graph) => {
    await print(shell, graph, name, options);
    return exitCode.ok;
  });
}

/** Everything is found before anything is printed. */
async function print(shell: Shell, graph: Graph, name: string, options: LineageOptions): Promise<void> {
  const target = lineageTarget(graph, name);
  const links = columnLinks(graph);
  const both = options.up === options.down;
  const asked = {
    up: both || options.up === true,
    down: both || options.down === true,
    depth: options.depth ?? Number.POSITIVE_INFINITY,
  };
  if (options.json) await printJson(shell, lineageDocument(graph, links, target, asked));
  else {
    const { style } = shell.out;
    const columns = options.columns === true;
    const lines = lineageLines(graph, links, target, { ...asked, columns, style, width: shell.out.width() });
    await printLines(shell, lines);
  }
}

/** The compiled project, from its cache where nothing changed. Neither store nor engine is opened for it. */
export async function lookAtGraph<T>(from: string, work: (graph: Graph) => Promise<T>): Promise<T> {
  const [{ lookAtProject }, { findProject }] = await Promise.all([
    import("../project/compile-project.ts"),
    import("../project/find-project.ts"),
  ]);
  return await lookAtProject(findProject(from), async ({ graph, diagnostics }) => {
    if (graph) return await work(graph);
    const { ProjectInvalid } = await import("../project/project-invalid.ts");
    throw new ProjectInvalid(diagnostics);
  });
}

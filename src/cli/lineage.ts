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
  const graph = await compiledGraph(startDirectory(shell, options));
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
  return exitCode.ok;
}

/** The compiled project, from its cache where nothing changed. Neither store nor engine is opened for it. */
async function compiledGraph(from: string): Promise<Graph> {
  const [{ compileProject }, { findProject }] = await Promise.all([
    import("../project/compile-project.ts"),
    import("../project/find-project.ts"),
  ]);
  const { graph, diagnostics } = await compileProject(findProject(from));
  if (graph) return graph;
  const { ProjectInvalid } = await import("../project/project-invalid.ts");
  throw new ProjectInvalid(diagnostics);
}

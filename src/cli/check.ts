import { exitCode } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import { diagnosticRenderer } from "./diagnostic-renderer.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import { counted, duration } from "./quantity.ts";
import { problemCount, renderDiagnostics } from "./render-error.ts";
import type { Shell } from "./shell.ts";

/**
 * `sluice check`: compile the project. Warnings are told and exit with 0; errors are thrown like everywhere
 * else, as `project-invalid` with their diagnostics. Reads files only: no store, no data.
 */
export async function check(shell: Shell, options: VerbOptions): Promise<number> {
  const started = shell.now().getTime();
  const [{ findProject }, { compileProject }] = await Promise.all([
    import("../project/find-project.ts"),
    import("../project/compile-project.ts"),
  ]);
  const root = findProject(startDirectory(shell, options));
  const { graph, diagnostics } = await compileProject(root);
  if (!graph || diagnostics.some(({ severity }) => severity === "error"))
    throw new ProjectInvalid(diagnostics);
  const elapsed = shell.now().getTime() - started;
  if (options.json) {
    await printJson(shell, { ...countsOf(graph), diagnostics, elapsed });
    return exitCode.ok;
  }
  const problems = diagnostics.length === 0 ? "no problems" : problemCount(diagnostics);
  await printLines(shell, [
    ...(await renderDiagnostics(diagnostics, diagnosticRenderer(root), shell.out.style)),
    `${counted(graph.datasets.length, "dataset")}, ${problems} (${duration(elapsed)})`,
  ]);
  return exitCode.ok;
}

function countsOf(graph: Graph) {
  const sources = graph.datasets.filter(({ kind }) => kind === "source").length;
  return {
    project: graph.project.name,
    datasets: graph.datasets.length,
    sources,
    models: graph.datasets.length - sources,
    consumers: graph.consumers.length,
    stories: graph.stories.length,
  };
}

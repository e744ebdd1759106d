import { exitCode } from "../errors.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import { checkDocument, verdict } from "./check-document.ts";
import { diagnosticRenderer } from "./diagnostic-renderer.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import { renderDiagnostics } from "./render-error.ts";
import type { Shell } from "./shell.ts";

export interface CheckOptions extends VerbOptions {
  readonly watch?: boolean;
}

/**
 * `sluice check`: compile the project and write its types. Warnings are told and exit with 0; errors are thrown
 * like everywhere else, as `project-invalid` with their diagnostics. Reads files only: no store, no data.
 */
export async function check(shell: Shell, options: CheckOptions): Promise<number> {
  const started = shell.now().getTime();
  const [{ findProject }, { checkProject }] = await Promise.all([
    import("../project/find-project.ts"),
    import("../project/compile-project.ts"),
  ]);
  const root = findProject(startDirectory(shell, options));
  if (options.watch) {
    const { checkAndWatch } = await import("./check-watch.ts");
    return await checkAndWatch(shell, root, options.json === true);
  }
  const project = await checkProject(root);
  const elapsed = shell.now().getTime() - started;
  const document = checkDocument(project, elapsed);
  if (document === undefined) throw new ProjectInvalid(project.diagnostics);
  if (options.json) await printJson(shell, document);
  else {
    await printLines(shell, [
      ...(await renderDiagnostics(project.diagnostics, diagnosticRenderer(root), shell.out.style)),
      verdict(project, elapsed),
    ]);
  }
  return exitCode.ok;
}

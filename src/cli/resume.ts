import { carryOut } from "./carry-out.ts";
import { environmentOf, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface ResumeOptions extends VerbOptions {
  readonly env?: string;
  readonly why?: string;
}

/** `sluice resume`: go on behind the finished stages of a run that did not come to its end. */
export async function resume(shell: Shell, id: string | undefined, options: ResumeOptions): Promise<number> {
  return withWorkspace(shell, options, async (workspace) => {
    const { resume: find } = await import("../run/resume.ts");
    let signature: string | undefined;
    const compile = async () => {
      const { graph, graphHash, scan } = await workspace.project();
      ({ signature } = scan);
      return { graph, graphHash };
    };
    const asked = { id, environment: environmentOf(shell, options) };
    const { run, project, isCurrent, built } = await find(workspace.ports, asked, compile);
    const { environment, select, publish, planned, finished } = run;
    return carryOut(shell, workspace, { environment, json: options.json === true }, async () => ({
      project,
      request: {
        environment,
        select,
        who: workspace.ports.holder.who,
        why: options.why ?? run.why,
        publish,
        signature: isCurrent ? signature : undefined,
        resumes: { run: run.id, built },
      },
      first: { type: "resumed", run: run.id, planned, finished, built: [...built.keys()].toSorted() },
    }));
  });
}

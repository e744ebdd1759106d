import { exitCode } from "../errors.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { counted } from "./quantity.ts";
import { releaseDocument } from "./release-document.ts";
import type { Shell } from "./shell.ts";
import { withHooks } from "./with-hooks.ts";

interface RollbackOptions extends VerbOptions {
  readonly env?: string;
  readonly to?: number;
  readonly why?: string;
}

/** `sluice rollback`: publish an earlier release again. */
export async function rollback(shell: Shell, options: RollbackOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const { rollback: move } = await import("../run/rollback.ts");
    const { ports } = workspace;
    const request = { environment, to: options.to, who: ports.holder.who, why: options.why ?? "" };
    const release = await withHooks(shell, workspace, () => move(ports, request));
    if (options.json) await printJson(shell, releaseDocument(release));
    else {
      const moved = Object.keys(release.changes).length;
      await printLines(shell, [
        `${shell.out.style.bold(`Release ${release.number} published to ${environment}`)}: back to ${release.from}, ${counted(moved, "dataset")} moved.`,
        "The next run brings what lies in the landing directories forward again.",
      ]);
    }
    return exitCode.ok;
  });
}

import { exitCode } from "../errors.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { counted } from "./quantity.ts";
import { releaseDocument } from "./release-document.ts";
import type { Shell } from "./shell.ts";

interface PromoteOptions extends VerbOptions {
  readonly why?: string;
}

/** `sluice promote`: bring one environment to what another publishes, without building anything. */
export async function promote(
  shell: Shell,
  from: string,
  to: string,
  options: PromoteOptions,
): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { promote: move } = await import("../run/promote.ts");
    const release = await move(ports, { from, to, who: ports.holder.who, why: options.why ?? "" });
    if (options.json)
      await printJson(shell, release ? releaseDocument(release) : { release: null, environment: to });
    else if (release) {
      const moved = Object.keys(release.changes).length;
      await printLines(shell, [
        `${shell.out.style.bold(`Release ${release.number} published to ${to}`)}: ${counted(moved, "dataset")} from ${release.from}, nothing built.`,
        `${shell.out.style.dim("next:")} sluice releases --env ${to}`,
      ]);
    } else {
      await printLines(shell, [`Nothing to do: ${to} publishes what ${from} does.`]);
    }
    return exitCode.ok;
  });
}

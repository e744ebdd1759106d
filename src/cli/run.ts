import { exitCode } from "../errors.ts";
import type { RunSummary } from "../run/events.ts";
import type { Settled } from "../store/store.ts";
import { carryOut } from "./carry-out.ts";
import { environmentOf, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { summaryLines } from "./run-lines.ts";
import type { Shell } from "./shell.ts";
import { withHooks } from "./with-hooks.ts";

interface RunOptions extends VerbOptions {
  readonly env?: string;
  readonly select?: readonly string[];
  readonly why?: string;
  readonly allOrNothing?: boolean;
}

/** `sluice run`: bring an environment up to date and publish what is good. Exit 1 when anything failed or is held. */
export async function run(shell: Shell, options: RunOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const started = shell.now().getTime();
    // Asked before anything is compiled: a run that has nothing to do costs a look at the files.
    const settled = options.select === undefined ? await workspace.settled(environment) : undefined;
    if (settled) {
      const elapsed = shell.now().getTime() - started;
      const idle = idleSummary(settled, elapsed);
      if (options.json) await shell.out.write(`${JSON.stringify(idle)}\n`);
      else
        await printLines(shell, summaryLines(idle, [], { style: shell.out.style, width: shell.out.width() }));
      // What could not be sent before may arrive now.
      return withHooks(shell, workspace, () => Promise.resolve(exitCode.ok));
    }
    return carryOut(shell, workspace, { environment, json: options.json === true }, async () => {
      const { graph, graphHash, scan } = await workspace.project();
      return {
        project: { graph, graphHash },
        request: {
          environment,
          select: options.select?.join(" "),
          who: workspace.ports.holder.who,
          why: options.why ?? "",
          publish: options.allOrNothing ? "all" : graph.project.publish,
          signature: scan.signature,
        },
      };
    });
  });
}

function idleSummary(settled: Settled, elapsed: number): RunSummary {
  const { environment, release, datasets, rows } = settled;
  const none = { built: [], held: [], failed: [], dropped: [] };
  return {
    environment,
    runId: null,
    release: null,
    current: release,
    ...none,
    reused: datasets,
    rows,
    elapsed,
  };
}

import { exitCode } from "../errors.ts";
import type { RunEvent, RunSummary } from "../run/events.ts";
import type { Settled } from "../store/store.ts";
import type { Workspace } from "../wiring.ts";
import { environmentOf, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { liveDisplay, plainDisplay, type RunDisplay } from "./run-display.ts";
import { runExit, summaryLines } from "./run-lines.ts";
import type { Shell } from "./shell.ts";

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
      return exitCode.ok;
    }
    return options.json
      ? await runAsJson(shell, workspace, environment, options)
      : await runAsText(shell, workspace, environment, options);
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

/** Compile and run, stopping cleanly at the first Ctrl-C and at once at the second. */
async function perform(
  shell: Shell,
  workspace: Workspace,
  environment: string,
  options: RunOptions,
  heard: { onEvent: (event: RunEvent) => void; onStopping: () => void; onLeaving: () => void },
): Promise<RunSummary> {
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => {
    if (stop.signal.aborted) {
      heard.onLeaving();
      shell.leave(exitCode.interrupted);
    }
    stop.abort();
    heard.onStopping();
  });
  // A worker starts up while the project is compiled.
  void workspace.ports.executor().then((executor) => executor.warm());
  const [project, { run: carryOut }] = await Promise.all([workspace.project(), import("../run/run.ts")]);
  return await carryOut(
    workspace.ports,
    { graph: project.graph, graphHash: project.graphHash },
    {
      environment,
      select: options.select?.join(" "),
      who: workspace.ports.holder.who,
      why: options.why ?? "",
      publish: options.allOrNothing ? "all" : project.graph.project.publish,
      signature: project.scan.signature,
      signal: stop.signal,
    },
    heard.onEvent,
  );
}

async function runAsJson(
  shell: Shell,
  workspace: Workspace,
  environment: string,
  options: RunOptions,
): Promise<number> {
  // A reader that went away does not end the run.
  const print = (document: unknown) =>
    shell.out.write(`${JSON.stringify(document)}\n`).catch(() => undefined);
  const summary = await perform(shell, workspace, environment, options, {
    onEvent: (event) => void print({ event }),
    onStopping: () => undefined,
    onLeaving: () => undefined,
  });
  await print(summary);
  return runExit(summary);
}

async function runAsText(
  shell: Shell,
  workspace: Workspace,
  environment: string,
  options: RunOptions,
): Promise<number> {
  const events: RunEvent[] = [];
  const display: RunDisplay = shell.out.isTerminal
    ? liveDisplay(shell.out, environment, () => shell.now().getTime())
    : plainDisplay(shell.out, environment);
  let summary: RunSummary;
  try {
    summary = await perform(shell, workspace, environment, options, {
      onEvent: (event) => {
        if (event.type === "finished" || event.type === "incident") events.push(event);
        display.onEvent(event);
      },
      onStopping: () => display.say("Stopping cleanly; press Ctrl-C again to stop at once.", true),
      onLeaving: () => display.abandon(),
    });
  } finally {
    await display.end();
  }
  const lines = summaryLines(summary, events, { style: shell.out.style, width: shell.out.width() });
  await printLines(shell, lines).catch(() => undefined);
  return runExit(summary);
}

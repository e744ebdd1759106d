import type { RunEvent, RunSummary } from "../run/events.ts";
import type { CompiledProject } from "../run/prepare.ts";
import type { RunRequest } from "../run/run.ts";
import type { Workspace } from "../wiring.ts";
import { printLines } from "./open-workspace.ts";
import { liveDisplay, plainDisplay, type RunDisplay } from "./run-display.ts";
import { incidentLine, runExit, summaryLines } from "./run-lines.ts";
import type { Shell } from "./shell.ts";
import { stoppable, type Stopping } from "./stoppable.ts";

/** What to run, once it is known. */
export interface Undertaking {
  readonly project: CompiledProject;
  readonly request: Omit<RunRequest, "signal">;
  /** Told before the run's own events. */
  readonly first?: RunEvent;
}

interface Heard extends Stopping {
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Run something in an environment and show it: as text, or as one JSON line per event with the summary last.
 * Stops cleanly at the first Ctrl-C and at once at the second. Returns the exit code.
 */
export async function carryOut(
  shell: Shell,
  workspace: Workspace,
  { environment, json }: { readonly environment: string; readonly json: boolean },
  undertake: () => Promise<Undertaking>,
): Promise<number> {
  return json
    ? await carryOutAsJson(shell, workspace, undertake)
    : await carryOutAsText(shell, workspace, environment, undertake);
}

async function perform(
  shell: Shell,
  workspace: Workspace,
  undertake: () => Promise<Undertaking>,
  heard: Heard,
): Promise<RunSummary> {
  return stoppable(shell, heard, async (signal) => {
    // A worker starts up while the project is compiled, and before anything else is loaded here.
    (await workspace.ports.executor()).warm();
    const [{ project, request, first }, { run }] = await Promise.all([undertake(), import("../run/run.ts")]);
    if (first) heard.onEvent(first);
    return await run(workspace.ports, project, { ...request, signal }, heard.onEvent);
  });
}

async function carryOutAsJson(
  shell: Shell,
  workspace: Workspace,
  undertake: () => Promise<Undertaking>,
): Promise<number> {
  // A reader that went away does not end the run.
  const print = (document: unknown) =>
    shell.out.write(`${JSON.stringify(document)}\n`).catch(() => undefined);
  const summary = await perform(shell, workspace, undertake, {
    onEvent: (event) => void print({ event }),
    onStopping: () => undefined,
    onLeaving: () => undefined,
  });
  await print(summary);
  return runExit(summary);
}

async function carryOutAsText(
  shell: Shell,
  workspace: Workspace,
  environment: string,
  undertake: () => Promise<Undertaking>,
): Promise<number> {
  const events: RunEvent[] = [];
  const display: RunDisplay = shell.out.isTerminal
    ? liveDisplay(shell.out, environment, () => shell.now().getTime())
    : plainDisplay(shell.out, environment);
  let summary: RunSummary;
  try {
    summary = await perform(shell, workspace, undertake, {
      onEvent: (event) => {
        if (event.type === "finished" || event.type === "incident") events.push(event);
        display.onEvent(event);
      },
      onStopping: () => display.say("Stopping cleanly; press Ctrl-C again to stop at once.", true),
      onLeaving: () => display.abandon(),
    });
  } catch (error) {
    await display.end();
    const { style } = shell.out;
    const told = events.flatMap((event) => (event.type === "incident" ? [incidentLine(event, style)] : []));
    await printLines(shell, told).catch(() => undefined);
    throw error;
  }
  await display.end();
  const lines = summaryLines(summary, events, { style: shell.out.style, width: shell.out.width() });
  await printLines(shell, lines).catch(() => undefined);
  return runExit(summary);
}

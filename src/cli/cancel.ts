import { exitCode } from "../errors.ts";
import type { RunStatus } from "../run/runs.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { counted } from "./quantity.ts";
import { shortId, stateWord } from "./runs.ts";
import type { Shell } from "./shell.ts";

interface CancelOptions extends VerbOptions {
  readonly env?: string;
  readonly why?: string;
  readonly wait: boolean;
}

/** `sluice cancel`: ask a run to stop. Exit 1 when it had published before it heard. */
export async function cancel(shell: Shell, id: string | undefined, options: CancelOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { cancel: ask } = await import("../run/cancel.ts");
    const stop = new AbortController();
    using _interrupts = shell.interrupts(() => {
      if (stop.signal.aborted) shell.leave(exitCode.interrupted);
      stop.abort();
    });
    const run = await ask(ports, {
      id,
      environment: environmentOf(shell, options),
      who: ports.holder.who,
      why: options.why ?? "",
      wait: options.wait,
      signal: stop.signal,
      onWait: (message) => void shell.err.write(`${message}\n`),
    });
    if (options.json) await printJson(shell, { run });
    else await printLines(shell, [outcomeOf(run, shell)]);
    return run.release === undefined ? exitCode.ok : exitCode.failed;
  });
}

function outcomeOf(run: RunStatus, { out: { style } }: Shell): string {
  const name = `Run ${shortId(run)} of ${run.environment}`;
  const stages = `${run.finished} of ${counted(run.planned, "stage")} finished`;
  if (run.release !== undefined)
    return `${name} had published release ${run.release} before it heard; sluice rollback --env ${run.environment} goes back.`;
  if (run.state === "running")
    return `${name} was asked to stop; sluice runs ${shortId(run)} says what becomes of it.`;
  const next = run.state === "interrupted" ? `; sluice resume ${shortId(run)} goes on from there` : "";
  return `${style.bold(name)} ended as ${stateWord(run, style).trim()}, ${stages}${next}.`;
}

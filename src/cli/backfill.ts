import { exitCode, SluiceError } from "../errors.ts";
import { instantOf } from "../graph/instant.ts";
import type { BackfillProgress, BackfillSummary } from "../run/backfill.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { count, counted, duration } from "./quantity.ts";
import type { Shell } from "./shell.ts";

interface BackfillOptions extends VerbOptions {
  readonly env?: string;
  readonly from: string;
  readonly to: string;
}

/** `sluice backfill`: build the intervals that models lack, ahead of a run. */
export async function backfill(
  shell: Shell,
  selection: readonly string[],
  options: BackfillOptions,
): Promise<number> {
  const [from, to] = [moment("--from", options.from), moment("--to", options.to)];
  if (from >= to)
    throw new SluiceError("bad-usage", `--from ${options.from} is not before --to ${options.to}`, {
      hint: "the end is not in it: --from 2026-03-01 --to 2026-03-02 is one day",
    });
  return withWorkspace(shell, options, async (workspace) => {
    const [project, run] = await Promise.all([workspace.project(), import("../run/backfill.ts")]);
    const stop = new AbortController();
    using _interrupts = shell.interrupts(() => {
      if (stop.signal.aborted) shell.leave(exitCode.interrupted);
      stop.abort();
    });
    const request = {
      environment: environmentOf(shell, options),
      select: selection.length === 0 ? undefined : selection.join(" "),
      from,
      to,
      signal: stop.signal,
    };
    const warn = (message: string): void => void shell.err.write(`warning: ${message}\n`);
    const summary = await run.backfill(workspace.ports, project, request, progress(shell), warn);
    if (options.json) await printJson(shell, summary);
    else await printLines(shell, linesOf(summary));
    return exitCode.ok;
  });
}

/** A time that a flag gives. Errors: `bad-usage`. */
function moment(flag: string, text: string): number {
  const time = instantOf(text);
  if (time === undefined)
    throw new SluiceError("bad-usage", `${flag} "${text}" is no time`, {
      hint: 'write a date such as 2026-03-01, or a time such as "2026-03-01 10:00"',
    });
  return time;
}

/** How far it is: one line that changes on a terminal, a line for each piece of work elsewhere. */
function progress(shell: Shell): (at: BackfillProgress) => void {
  return ({ dataset, grain, missing, built }) => {
    if (missing === 0) return;
    const text = `${dataset}  ${count(built)} of ${counted(missing, `missing ${grain}`)}`;
    const end = !shell.err.isTerminal || built === missing ? "\n" : "";
    void shell.err.write(`${shell.err.isTerminal ? "\r" : ""}${text}${end}`);
  };
}

function linesOf({ environment, datasets, elapsed }: BackfillSummary): string[] {
  const lines = datasets.map(({ dataset, grain, intervals, missing, built }) =>
    missing === 0
      ? `${dataset}: nothing missing of ${counted(intervals, grain)}`
      : `${dataset}: built ${count(built)} of ${counted(intervals, grain)}`,
  );
  const any = datasets.some(({ built }) => built > 0);
  const env = environment === "dev" ? "" : ` --env ${environment}`;
  return [
    ...lines,
    "",
    any
      ? `Done in ${duration(elapsed)}. Nothing is published yet: sluice run${env} takes it up.`
      : `Nothing to build, found in ${duration(elapsed)}.`,
  ];
}

import { exitCode } from "../errors.ts";
import type { RunAccount, RunStage, RunStatus } from "../run/runs.ts";
import { pad, printable } from "./display-text.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { age, count, counted, duration, moment } from "./quantity.ts";
import { warningLine } from "./run-lines.ts";
import type { Shell, Style } from "./shell.ts";
import { renderTable } from "./table.ts";

interface RunsOptions extends VerbOptions {
  readonly env?: string;
  readonly limit: number;
}

/** `sluice runs`: the newest runs, or everything about one. */
export async function runs(shell: Shell, id: string | undefined, options: RunsOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { accountOf, findRun, listRuns } = await import("../run/runs.ts");
    if (id !== undefined) {
      const run = await accountOf(ports, await findRun(ports, id));
      if (options.json) await printJson(shell, { run });
      else await printLines(shell, accountLines(run, shell));
      return exitCode.ok;
    }
    if (options.env !== undefined) {
      const { heardOf } = await import("../run/environment.ts");
      await heardOf(ports, options.env);
    }
    const list = await listRuns(ports, options.limit, options.env);
    if (options.json) await printJson(shell, { runs: list });
    else if (list.length === 0) await printLines(shell, [noneOf(options)]);
    else await printLines(shell, listLines(list, shell));
    return exitCode.ok;
  });
}

const noneOf = ({ env }: RunsOptions): string =>
  env === undefined ? "There was no run yet: sluice run" : `There was no run of "${env}" yet.`;

/** The part of an id that people type. */
export const shortId = ({ id }: { readonly id: string }): string => id.slice(0, 8);

/** A run's state in its colour, filled to the width of the longest. */
export function stateWord({ state }: RunStatus, style: Style): string {
  const word = pad(state, 11);
  if (state === "published") return style.green(word);
  if (state === "running") return style.cyan(word);
  if (state === "failed" || state === "died") return style.red(word);
  return state === "interrupted" ? style.yellow(word) : style.dim(word);
}

/** How long it took, or has been on its way. Nobody knows when it died. */
function tookOf({ state, startedAt, endedAt }: RunStatus, now: Date): string {
  if (endedAt === undefined && state !== "running") return "";
  const end = endedAt === undefined ? now.getTime() : Date.parse(endedAt);
  return duration(end - Date.parse(startedAt));
}

function resultOf(run: RunStatus): string {
  if (run.release !== undefined) return `release ${run.release}`;
  if (run.state === "running") return run.cancellation ? `asked to stop by ${run.cancellation.who}` : "";
  if (run.state === "unchanged") return "nothing new to publish";
  return run.reason ?? (run.state === "died" ? "its process is gone" : "");
}

function listLines(list: readonly RunStatus[], shell: Shell): string[] {
  const now = shell.now();
  return renderTable(
    [
      { title: "id", fixed: true },
      { title: "environment" },
      { title: "state", fixed: true },
      { title: "started", fixed: true },
      { title: "" },
      { title: "took", align: "right", fixed: true },
      { title: "stages", align: "right", fixed: true },
      { title: "what came of it" },
    ],
    list.map((run) => [
      shortId(run),
      printable(run.environment),
      run.state,
      moment(run.startedAt),
      age(run.startedAt, now),
      tookOf(run, now),
      `${run.finished} of ${run.planned}`,
      printable(resultOf(run)),
    ]),
    { width: shell.out.width(), style: shell.out.style },
  );
}

function accountLines(run: RunAccount, shell: Shell): string[] {
  const { style } = shell.out;
  const fact = (name: string, value: string): string[] =>
    value === "" ? [] : [`${style.dim(pad(name, 12))}${printable(value)}`];
  const took = tookOf(run, shell.now());
  const { cancellation } = run;
  return [
    `${style.bold(`Run ${run.id}`)} of ${printable(run.environment)}: ${stateWord(run, style).trim()}`,
    ...fact("result", resultOf(run)),
    ...fact("started", `${moment(run.startedAt)} (${age(run.startedAt, shell.now())})`),
    ...fact("took", took),
    ...fact("who", run.who),
    ...fact("why", run.why),
    ...fact("only", run.select ?? ""),
    ...fact("promotes", run.promotes ?? ""),
    ...fact("goes on", run.resumes === undefined ? "" : `behind run ${run.resumes}`),
    ...fact(
      "cancelled",
      cancellation === undefined
        ? ""
        : `by ${cancellation.who}, ${moment(cancellation.at)}${cancellation.why === "" ? "" : `: ${cancellation.why}`}`,
    ),
    ...fact("from", run.base === 0 ? "no release" : `release ${run.base}`),
    ...fact("stages", `${run.finished} of ${counted(run.planned, "stage")} finished`),
    "",
    ...stageLines(run.stages, shell),
    ...run.stages.flatMap(({ dataset, reason, findings }) => [
      ...(reason === undefined ? [] : ["", `  ${dataset}  ${printable(reason)}`]),
      ...findings.map(
        ({ severity, name, message }) =>
          `  ${severity === "stop" ? style.red("stop") : style.yellow("warn")}  ${dataset}  ${printable(name)}: ${printable(message)}`,
      ),
    ]),
    ...(run.warnings.length > 0 ? [""] : []),
    ...run.warnings.map((warning) => warningLine({ type: "warning", ...warning }, style)),
  ];
}

function stageLines(stages: readonly RunStage[], shell: Shell): string[] {
  return renderTable(
    [
      { title: "dataset" },
      { title: "stage", fixed: true },
      { title: "outcome", fixed: true },
      { title: "rows", align: "right", fixed: true },
      { title: "took", align: "right", fixed: true },
      { title: "why" },
    ],
    stages.map(({ dataset, stage, outcome, rows, elapsed, why }) => [
      dataset,
      stage,
      outcome ?? "",
      rows === undefined ? "" : count(rows),
      elapsed === undefined ? "" : duration(elapsed),
      printable(why),
    ]),
    { width: shell.out.width(), style: shell.out.style },
  );
}

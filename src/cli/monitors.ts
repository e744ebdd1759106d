import { exitCode } from "../errors.ts";
import type { MeantVersion, MonitoredView } from "../run/monitors.ts";
import type { MonitorReading } from "../quality/monitors/judge-release.ts";
import { findNode } from "./dataset-view.ts";
import { printable } from "./display-text.ts";
import { readInventory } from "./inventory.ts";
import { backtestLines, monitorLines, monitorTable } from "./monitor-lines.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface MonitorOptions extends VerbOptions {
  readonly env?: string;
}

interface FeedbackOptions extends MonitorOptions {
  readonly release?: number;
  readonly why?: string;
}

/** `sluice monitors ls`: every dataset with what its monitors say. Exit 2 when any says something nobody answered. */
export async function listMonitors(shell: Shell, options: MonitorOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const { graph } = await readInventory(shell, workspace, environment);
    const { monitoredViews } = await import("../run/monitors.ts");
    const views = await monitoredViews(workspace.ports, graph, environment);
    if (options.json) await printJson(shell, { environment, datasets: views.map(datasetDocument) });
    else await printLines(shell, monitorTable(views, shell));
    const says = (view: MonitoredView): boolean =>
      alarmsOf(view).length > 0 || view.refused !== undefined || view.due?.isLate === true;
    return views.some(says) ? exitCode.findings : exitCode.ok;
  });
}

/** `sluice monitors show`: each monitor of a dataset with the newest value and what was expected. */
export async function showMonitors(shell: Shell, dataset: string, options: MonitorOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const inventory = await readInventory(shell, workspace, environment);
    const { monitoredViews, readingsOf } = await import("../run/monitors.ts");
    const { id } = findNode(inventory, dataset);
    const [view] = await monitoredViews(workspace.ports, inventory.graph, environment, [id]);
    if (view === undefined) return exitCode.ok;
    const readings = readingsOf(view);
    if (options.json) {
      await printJson(shell, {
        environment,
        ...datasetDocument(view),
        monitors: readings.map(readingDocument),
        history: view.points.map(({ release, at, version, measures, alarms, feedback }) => ({
          release,
          at,
          version,
          rows: measures.rows,
          alarms,
          feedback: feedback ?? null,
        })),
      });
    } else await printLines(shell, monitorLines(view, readings, shell));
    return exitCode.ok;
  });
}

/** `sluice monitors expected`: what was found is as it should be. */
export const expectedFeedback = (shell: Shell, dataset: string, options: FeedbackOptions): Promise<number> =>
  feedback(shell, dataset, "expected", options);

/** `sluice monitors real`: what was found is really wrong. */
export const realFeedback = (shell: Shell, dataset: string, options: FeedbackOptions): Promise<number> =>
  feedback(shell, dataset, "real", options);

async function feedback(
  shell: Shell,
  name: string,
  said: "expected" | "real",
  options: FeedbackOptions,
): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const inventory = await readInventory(shell, workspace, environment);
    const { id: dataset } = findNode(inventory, name);
    const { giveFeedback } = await import("../run/monitors.ts");
    const {
      feedback: given,
      meant,
      misled,
    } = await giveFeedback(workspace.ports, inventory.graph, {
      environment,
      dataset,
      feedback: said,
      release: options.release,
      who: workspace.ports.holder.who,
      why: options.why ?? "",
    });
    if (options.json)
      await printJson(shell, { feedback: given, state: meant.state, release: meant.release ?? null, misled });
    else {
      await printLines(shell, [
        `Version ${given.version.slice(0, 8)} of ${printable(dataset)}, ${whichWords(meant)}, is ${meansWords(said, meant)}.`,
        ...otherMeant(meant, options),
        ...misled.map(
          ({ consumer, trainedOn }) =>
            `${shell.out.style.yellow("warning:")} ${printable(consumer)} was trained on it (${printable(trainedOn)}): train it again`,
        ),
      ]);
    }
    return exitCode.ok;
  });
}

function whichWords({ state, release }: MeantVersion): string {
  switch (state) {
    case "refused":
      return "the candidate that was refused";
    case "published":
      return release === undefined ? "which readers have" : `which readers have since release ${release}`;
    case "earlier":
      return `which readers had with release ${release} and have no more`;
  }
}

function meansWords(said: "expected" | "real", { state }: MeantVersion): string {
  if (said === "real") return "no part of what its monitors expect";
  return `part of what its monitors expect${state === "refused" ? "; it is published by the next run" : ""}`;
}

/** How to say it of what readers have, where something else was marked and nobody said which. */
function otherMeant({ state }: MeantVersion, { release }: FeedbackOptions): string[] {
  return state === "published" || release !== undefined
    ? []
    : ["If another one is meant, name its release: --release."];
}

/** `sluice monitors backtest`: replay what was published, and say how often monitors would have cried wolf. */
export async function backtestMonitors(
  shell: Shell,
  dataset: string | undefined,
  options: MonitorOptions,
): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const inventory = await readInventory(shell, workspace, environment);
    const { backtests } = await import("../run/monitors.ts");
    const only = dataset === undefined ? undefined : [findNode(inventory, dataset).id];
    const results = await backtests(workspace.ports, inventory.graph, environment, only);
    const perThousand = (alarms: number, judged: number): number | null =>
      judged === 0 ? null : Number(((1000 * alarms) / judged).toFixed(2));
    const judged = results.reduce((sum, one) => sum + one.judged, 0);
    const falseAlarms = results.reduce((sum, one) => sum + one.falseAlarms, 0);
    const total = { judged, falseAlarms, perThousand: perThousand(falseAlarms, judged) };
    if (options.json) {
      const datasets = results.map((one) => ({
        ...one,
        perThousand: perThousand(one.falseAlarms, one.judged),
      }));
      await printJson(shell, { environment, ...total, datasets });
    } else await printLines(shell, backtestLines(results, total, shell));
    return exitCode.ok;
  });
}

/** What the newest release's monitors found, unless it was rolled back or somebody said that it was to be expected. */
const alarmsOf = ({ newest, isRolledBack }: MonitoredView): readonly string[] =>
  newest === undefined || isRolledBack || newest.feedback === "expected" ? [] : newest.alarms;

function datasetDocument(view: MonitoredView) {
  const { dataset, node, points, newest, isRolledBack, refused, due } = view;
  return {
    dataset,
    settings: node.monitors ?? "warn",
    releases: points.length,
    release: newest?.release ?? null,
    rows: newest?.measures.rows ?? null,
    findings: newest?.findings ?? [],
    feedback: newest?.feedback ?? null,
    rolledBack: isRolledBack,
    refused: refused ?? null,
    due: due === undefined ? null : { by: new Date(due.by).toISOString(), isLate: due.isLate },
  };
}

function readingDocument({ name, measure, column, value, severity, judgement }: MonitorReading) {
  return {
    name,
    measure,
    column: column ?? null,
    severity,
    value,
    expected: judgement === undefined ? null : { low: judgement.low, high: judgement.high },
    chance: judgement?.chance ?? null,
    learntFrom: judgement?.learntFrom ?? 0,
    form: judgement?.form ?? null,
    patterns: judgement?.patterns ?? [],
    drift: judgement?.drift ?? null,
  };
}

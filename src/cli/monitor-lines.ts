import type { Backtest } from "../quality/monitors/backtest.ts";
import { type MonitorReading, shown } from "../quality/monitors/judge-release.ts";
import { learning } from "../quality/monitors/judge-series.ts";
import type { MonitoredView } from "../run/monitors.ts";
import { printable } from "./display-text.ts";
import { age, count, counted, moment } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

type Look = Pick<Shell, "out" | "now">;

const tableOf = (
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[],
  { out }: Look,
) =>
  renderTable(
    titles.map((title) => ({ title, ...(right.includes(title) ? { align: "right" as const } : {}) })),
    rows,
    { width: out.width(), style: out.style },
  );

/** All datasets with what their monitors say of the newest release. */
export function monitorTable(views: readonly MonitoredView[], look: Look): string[] {
  if (views.length === 0) return ["The project has no dataset."];
  const rows = views.map(({ dataset, node, points, newest, isRolledBack, refused, due }) => [
    dataset,
    newest === undefined ? "" : count(newest.measures.rows),
    newest === undefined
      ? "never published"
      : `release ${newest.release}, ${age(newest.at, look.now())}${isRolledBack ? ", rolled back" : ""}`,
    node.monitors === "off"
      ? "off"
      : points.length < learning
        ? `learning (${points.length} of ${learning})`
        : "",
    [
      ...(refused === undefined ? [] : [`a candidate is refused: ${printable(refused)}`]),
      ...(due?.isLate ? [`late: due by ${moment(new Date(due.by).toISOString())}`] : []),
      ...(newest === undefined || newest.findings.length === 0
        ? []
        : [`${counted(newest.findings.length, "finding")}${newest.feedback ? `, ${newest.feedback}` : ""}`]),
    ].join("; "),
  ]);
  return tableOf(["dataset", "rows", "newest", "state", "says"], rows, ["rows"], look);
}

/** The monitors of one dataset, and what each expected of the newest release. */
export function monitorLines(view: MonitoredView, readings: readonly MonitorReading[], look: Look): string[] {
  const { dataset, newest, isRolledBack, refused, points, due, node } = view;
  if (node.monitors === "off" && readings.length === 0) return [`The monitors of ${dataset} are off.`];
  if (newest === undefined) return [`Nothing of ${dataset} was published yet, so nothing is known.`];
  const rows = readings.map(({ name, measure, value, severity, judgement }) => [
    name,
    shown(measure, value),
    judgement === undefined ? "" : `${shown(measure, judgement.low)} to ${shown(measure, judgement.high)}`,
    formOf(judgement?.form),
    severity === "stop" ? "stop" : "",
    [
      ...(judgement?.drift === undefined ? [] : [`drifts ${judgement.drift.direction}`]),
      ...(judgement?.patterns ?? []),
    ].join("; "),
  ]);
  return [
    look.out.style.bold(`${dataset}, release ${newest.release}${isRolledBack ? ", rolled back since" : ""}`),
    `learnt from ${counted(points.length - 1, "earlier release")}${due === undefined ? "" : `; due again by ${moment(new Date(due.by).toISOString())}`}`,
    ...(refused === undefined
      ? []
      : [`  ${look.out.style.red("stop")}  a candidate is refused: ${printable(refused)}`]),
    ...newest.findings.map(
      ({ name, message }) => `  ${look.out.style.yellow("warn")}  ${printable(name)}: ${printable(message)}`,
    ),
    "",
    ...tableOf(["monitor", "value", "expected", "form", "", "patterns"], rows, ["value"], look),
  ];
}

function formOf(form: NonNullable<MonitorReading["judgement"]>["form"] | undefined): string {
  if (form === undefined) return "";
  const words = [
    ...(form.trend ? ["trend"] : []),
    ...(form.season === undefined ? [] : [form.season]),
    ...(form.memory > 0 ? ["from the last"] : []),
  ];
  return words.length === 0 ? "level" : words.join(", ");
}

/** How often monitors would have cried wolf. */
export function backtestLines(
  results: readonly Backtest[],
  total: { readonly judged: number; readonly falseAlarms: number; readonly perThousand: number | null },
  look: Look,
): string[] {
  if (total.perThousand === null) {
    return ["Too little was published to judge anything by: seven releases of a dataset are the least."];
  }
  const rows = results.map(({ dataset, releases, judged, falseAlarms, found, wrong, monitors }) => [
    dataset,
    count(releases),
    count(judged),
    count(falseAlarms),
    judged === 0 ? "" : ((1000 * falseAlarms) / judged).toFixed(1),
    wrong === 0 ? "" : `${found} of ${wrong}`,
    monitors
      .filter((one) => one.falseAlarms > 0)
      .slice(0, 3)
      .map((one) => `${printable(one.name)} (${one.falseAlarms})`)
      .join(", "),
  ]);
  const titles = ["dataset", "releases", "judged", "alarms", "per 1,000", "wrong found", "by"];
  return [
    ...tableOf(titles, rows, ["releases", "judged", "alarms", "per 1,000"], look),
    "",
    `${counted(total.falseAlarms, "false alarm")} in ${count(total.judged)} judged values: ${total.perThousand} per 1,000.`,
  ];
}

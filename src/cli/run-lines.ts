/** A run in words, line by line: what a log, a pipe or a continuous integration job shows, and what the live view ends with. */
import { exitCode } from "../errors.ts";
import type { RecordCounts } from "../graph/delivery.ts";
import type { CheckResult } from "../quality/verdict.ts";
import type { Outcome, RunEvent, RunSummary } from "../run/events.ts";
import { blanksOf } from "./coded-blanks.ts";
import { clip, pad, printable } from "./display-text.ts";
import { count, counted, duration, names } from "./quantity.ts";
import type { Style } from "./shell.ts";
import { renderTable } from "./table.ts";

export interface LineOptions {
  readonly style: Style;
  /** Columns; `Infinity` cuts nothing. */
  readonly width: number;
}

type Finished = Extract<RunEvent, { type: "finished" }>;

const shownSamples = 3;

/** An outcome in its colour, filled to the width of the longest. */
export function outcomeWord(outcome: Outcome, style: Style): string {
  const word = pad(outcome, 8);
  if (outcome === "failed") return style.red(word);
  if (outcome === "held") return style.yellow(word);
  return outcome === "built" ? style.green(word) : style.dim(word);
}

/** What a delivery refused: `40 quarantined, 2 rejected`; empty where nothing was. */
export function refusedOf(delivery: RecordCounts | undefined): string {
  if (!delivery) return "";
  const parts = [
    delivery.quarantined > 0 ? `${count(delivery.quarantined)} quarantined` : "",
    delivery.rejected > 0 ? `${count(delivery.rejected)} rejected` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

const blanksRemark = (counts: RecordCounts | undefined): string => {
  const blanks = blanksOf(counts);
  return blanks === "" ? "" : `coded blanks: ${blanks}`;
};

/** How much of a model that is built in parts was built: `1 of 365 days`. */
const partsOf = ({ parts }: Finished): string =>
  parts === undefined ? "" : `${count(parts.built)} of ${counted(parts.of, parts.unit)}`;

/** One finished dataset: name, outcome, rows, time, and why where it did not go well. */
export function finishedLine(event: Finished, nameWidth: number, { style, width }: LineOptions): string {
  const rows =
    event.rows === undefined || event.outcome === "held"
      ? ""
      : `${count(event.rows)} ${event.rows === 1 ? "row" : "rows"}`;
  const remarks = [
    refusedOf(event.delivery),
    blanksRemark(event.delivery),
    partsOf(event),
    event.reason ?? "",
  ]
    .filter((remark) => remark !== "")
    .join("; ");
  const head = `  ${pad(clip(event.dataset, nameWidth), nameWidth)}  `;
  const body = `${pad(rows, 15, "right")}  ${pad(duration(event.elapsed), 9, "right")}`;
  const tail = printable(remarks);
  const room = width - head.length - 8 - 2 - body.length - 2;
  const remark = tail === "" || room < 8 ? "" : `  ${clip(tail, room)}`;
  return `${head}${outcomeWord(event.outcome, style)}  ${body}${remark}`.trimEnd();
}

type IncidentEvent = Extract<RunEvent, { type: "incident" }>;

const incidentRemarks: Readonly<Record<IncidentEvent["change"], string>> = {
  opened: "",
  worsened: " grew worse",
  seen: " again",
  changed: " now",
  resolved: " resolved",
};

/** The line for an incident: what stopped, whose it is, and who goes on reading older data. */
export function incidentLine(event: IncidentEvent, style: Style): string {
  const { id, change, severity } = event;
  const isOver = change === "resolved";
  const owner = isOver || event.owner === undefined ? [] : [`owner ${printable(event.owner)}`];
  const consumers = isOver || event.consumers.length === 0 ? [] : [`touches ${names(event.consumers, 5)}`];
  const paint = isOver ? style.green : severity === "stop" ? style.red : style.yellow;
  const head = paint(`incident ${id}${incidentRemarks[change]}:`);
  return `${head} ${[printable(event.message), ...owner, ...consumers].join("; ")}`;
}

/** The line for a warning. */
export function warningLine(event: Extract<RunEvent, { type: "warning" }>, style: Style): string {
  const about = event.dataset === undefined ? "" : `${event.dataset}: `;
  return `${style.yellow("warning:")} ${about}${printable(event.message)}`;
}

/** The line for a run that goes on behind another: what is there already. */
export function resumedLine(event: Extract<RunEvent, { type: "resumed" }>): string {
  const { run, finished, planned, built } = event;
  const there = built.length === 0 ? "nothing of it was built" : `there already: ${names(built, 5)}`;
  return `Going on behind run ${run.slice(0, 8)}, which finished ${finished} of ${counted(planned, "stage")}; ${there}`;
}

function findingLines(dataset: string, finding: CheckResult, { style, width }: LineOptions): string[] {
  const severity = finding.severity === "stop" ? style.red("stop") : style.yellow("warn");
  const samples = finding.sample
    .slice(0, shownSamples)
    .map((row) => `      ${printable(JSON.stringify(row))}`);
  const { hidden = [] } = finding;
  const without = hidden.length === 0 ? [] : [`      without ${names(hidden, 5)}: it may be personal data`];
  return [
    `  ${severity}  ${dataset}  ${printable(finding.name)}: ${printable(finding.message)}`,
    ...[...samples, ...without.map(printable)].map((line) => style.dim(clip(line, width))),
  ];
}

function accountingLines(summary: RunSummary, options: LineOptions): string[] {
  const rows = Object.entries(summary.rows);
  if (rows.length === 0) return [];
  const columns = [
    { title: "source" },
    ...["received", "= accepted", "+ quarantined", "+ rejected"].map((title) => ({
      title,
      align: "right" as const,
      fixed: true,
    })),
  ];
  const cells = rows.map(([source, counts]) => [
    source,
    ...[counts.received, counts.accepted, counts.quarantined, counts.rejected].map(count),
  ]);
  const blanks = rows.flatMap(([source, counts]) => {
    const found = blanksOf(counts);
    return found === "" ? [] : [`  coded blanks of ${source}, read as null: ${found}`];
  });
  return ["", ...renderTable(columns, cells, { ...options, indent: "  " }), ...blanks];
}

/** What to do after a run that did not go well, and after the first one that did. */
function nextSteps(summary: RunSummary, incidents: readonly IncidentEvent[]): string[] {
  const env = summary.environment === "dev" ? "" : ` --env ${summary.environment}`;
  const standing = incidents.filter(({ change }) => change !== "resolved");
  if (summary.failed.length > 0) {
    const stopped = standing.filter(({ severity }) => severity === "stop").slice(0, 3);
    return stopped.length > 0
      ? stopped.map(({ id }) => `sluice incidents show ${id}`)
      : summary.failed.slice(0, 3).map((dataset) => `sluice show ${dataset}${env}`);
  }
  return summary.release === null ? [] : [`sluice ls${env}`];
}

function headline(summary: RunSummary, style: Style): string {
  const { release, current, environment, failed } = summary;
  // What failed is held as well; here it is counted once.
  const held = summary.held.filter((dataset) => !failed.includes(dataset));
  const counts = Object.entries({ ...summary, held })
    .flatMap(([key, value]) =>
      Array.isArray(value) && (value.length > 0 || key === "built") ? [`${value.length} ${key}`] : [],
    )
    .join(", ");
  if (release !== null)
    return `${style.bold(`Release ${release} published to ${environment}`)} in ${duration(summary.elapsed)}: ${counts}`;
  const stays = current === 0 ? "still has no release" : `stays at release ${current}`;
  return `${style.bold(`Nothing published: ${environment} ${stays}`)}, after ${duration(summary.elapsed)}: ${counts}`;
}

/** Whether nothing had to be done. */
export function isIdle(summary: RunSummary): boolean {
  const { release, built, held, failed, dropped } = summary;
  return release === null && built.length + held.length + failed.length + dropped.length === 0;
}

/** The end of a run: the release, the accounting of every source, findings, and what to do next. */
export function summaryLines(
  summary: RunSummary,
  events: readonly RunEvent[],
  options: LineOptions,
): string[] {
  const incidents = events.filter((event) => event.type === "incident");
  const steps = nextSteps(summary, incidents);
  const told = [
    ...(incidents.length > 0 ? [""] : []),
    ...incidents.map((incident) => incidentLine(incident, options.style)),
    ...(steps.length > 0 ? ["", ...steps.map((step) => `${options.style.dim("next:")} ${step}`)] : []),
  ];
  // What is taken back finishes once more, and its last word counts.
  const ends = new Map(
    events.flatMap((event) => (event.type === "finished" ? [[event.dataset, event]] : [])),
  );
  const findings = [...ends.values()].flatMap(({ dataset, findings: found }) =>
    found.map((finding) => ({ dataset, finding })),
  );
  // Checks that were asked again may find something, though nothing moves.
  if (isIdle(summary) && findings.length === 0) {
    const { environment, current } = summary;
    const where = current === 0 ? "has no release" : `is at release ${current}`;
    return [`Nothing to do: ${environment} ${where}.`, ...(incidents.length > 0 ? told : [])];
  }
  return [
    "",
    headline(summary, options.style),
    ...accountingLines(summary, options),
    ...(findings.length > 0 ? ["", `${counted(findings.length, "finding")}:`] : []),
    ...findings.flatMap(({ dataset, finding }) => findingLines(dataset, finding, options)),
    ...told,
  ];
}

/** The exit code a run asks for: 1 when anything failed or is held. */
export function runExit(summary: RunSummary): number {
  return summary.failed.length + summary.held.length > 0 ? exitCode.failed : exitCode.ok;
}

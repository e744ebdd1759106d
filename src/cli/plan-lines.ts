/** A plan for a terminal: what happens and why, whom it touches, what stays, what is held. */
import { titleOf } from "../flow/incident.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import { explainContract } from "../plan/judge-contract.ts";
import { explainBroken, explainColumns, explainReach, explainStage, someOf } from "../plan/explain.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import { clip, displayWidth, pad, printable } from "./display-text.ts";
import type { Standing } from "./open-incidents.ts";
import { expected, type PlanSummary, summarisePlan } from "./plan-summary.ts";
import { counted, moment } from "./quantity.ts";
import type { LineOptions } from "./run-lines.ts";

/** A plan in readable lines. */
export function planLines(
  plan: Plan,
  graph: Graph,
  { held, incidents }: Standing,
  options: LineOptions,
): string[] {
  const summary = summarisePlan(plan, graph);
  const { style, width } = options;
  const touched = summary.touched.map(
    ({ kind, name, about, datasets }) =>
      `${kind} ${name}${about === undefined ? "" : ` (${about})`}: ${someOf(datasets)}`,
  );
  const rest = [
    ...section("asks", askLines(summary), width),
    ...section("stays", stayLines(plan, summary), width),
    ...section("notes", [...plan.metadata.map(noteLine), ...plan.links.map(linkLine)], width),
    ...section("held", heldLines(held), width).map(style.yellow),
    ...section("wrong", wrongLines(incidents), width).map(style.yellow),
  ];
  if (summary.stages.length === 0) {
    const where =
      plan.base === 0
        ? `${plan.environment} has no release`
        : `${plan.environment} is at release ${plan.base}`;
    const said = plan.restated
      ? `No data to touch, but a run records what the project says anew: ${where}.`
      : `Nothing to do: ${where}.`;
    return [clip(printable(said), width), ...rest];
  }
  return [
    headline(plan, summary, options),
    "",
    ...stageLines(summary.stages, options),
    ...(touched.length + rest.length > 0 ? [""] : []),
    ...section("touches", touched, width),
    ...rest,
  ];
}

function headline(plan: Plan, { counts, breaking }: PlanSummary, { style, width }: LineOptions): string {
  const from = plan.base === 0 ? "its first release" : `from release ${plan.base}`;
  const text = clip(printable(`Plan for ${plan.environment}, ${from}: ${counts}`), width);
  const grave = breaking === 0 ? "" : clip(` (${breaking} breaking)`, width - displayWidth(text));
  return `${text}${style.red(grave)}`;
}

function stageLines(stages: readonly Stage[], { style, width }: LineOptions): string[] {
  const names = Math.max(...stages.map(({ dataset }) => displayWidth(printable(dataset))));
  const building = stages.filter((stage) => expected(stage) !== "");
  const whys = Math.max(0, ...building.map((stage) => displayWidth(printable(explainStage(stage)))));
  return stages.flatMap((stage) => {
    const head = `  ${pad(stage.kind, 7)} ${pad(printable(stage.dataset), names)}  `;
    const why = printable(explainStage(stage));
    const expects = expected(stage);
    const room = width - displayWidth(head) - Math.min(whys, 48) - 2;
    const tail = expects === "" || room < 20 ? "" : `  ${style.dim(clip(expects, room))}`;
    const text = clip(
      tail === "" ? why : pad(why, Math.min(whys, 48)),
      Math.max(8, width - displayWidth(head)),
    );
    const grave = stage.change?.severity === "breaking";
    return [`${head}${grave ? style.red(text) : text}${tail}`, ...branches(detailsOf(stage), width)];
  });
}

/** What there is to say about a changed definition, one thing a line. */
function detailsOf({ change }: Stage): string[] {
  if (change === undefined) return [];
  return [...explainColumns(change), ...change.broken.map(explainBroken), explainReach(change)]
    .concat(change.reach.owners.length === 0 ? [] : [`owned by ${someOf(change.reach.owners)}`])
    .filter((text) => text !== "");
}

const branches = (details: readonly string[], width: number): string[] =>
  details.map((text, at) =>
    clip(`          ${at === details.length - 1 ? "└" : "├"} ${printable(text)}`, width),
  );

function askLines({ asked, ifAnything }: PlanSummary): string[] {
  if (asked.length === 0) return [];
  const then = ifAnything.length === 0 ? "" : `; if there is anything, builds ${someOf(ifAnything)}`;
  return [`${someOf(asked)} for what is new${then}`];
}

function stayLines({ unchanged }: Plan, { spared }: PlanSummary): string[] {
  return [
    ...(spared.length === 0
      ? []
      : [`${counted(spared.length, "dataset")} that read nothing of what changes: ${someOf(spared)}`]),
    ...(unchanged.length === 0
      ? []
      : [`${counted(unchanged.length, "dataset")} unchanged: ${someOf(unchanged)}`]),
  ];
}

const noteLine = ({ dataset, settings, contract = [] }: Plan["metadata"][number]): string =>
  [
    `${dataset}: ${settings.join(", ")} changed, which touches no data`,
    ...contract.map((change) => `${change.severity}: ${explainContract(change)}`),
  ].join("; ");

const linkLine = ({ kind, name, change }: Plan["links"][number]): string => `${kind} ${name}: ${change}`;

const heldLines = (held: Readonly<Record<DatasetId, Held>>): string[] =>
  Object.entries(held).map(([dataset, { by, reason, since }]) =>
    by === dataset
      ? `${dataset} since ${moment(since)}: ${reason}`
      : `${dataset} since ${moment(since)}, because of ${by}`,
  );

const shownIncidents = 10;

/** Incidents, the worst first. */
function wrongLines(incidents: Standing["incidents"]): string[] {
  const worst = incidents.toSorted((a, b) => Number(b.severity === "stop") - Number(a.severity === "stop"));
  const more = worst.length - shownIncidents;
  return [
    ...worst.slice(0, shownIncidents).map((incident) => {
      const { id, state, owner, dataset } = incident;
      return `incident ${id} (${state}): ${titleOf(dataset, incident)}${owner === undefined ? "" : `; owner ${owner}`}`;
    }),
    ...(more > 0 ? [`and ${more} more: sluice incidents ls`] : []),
  ];
}

/** A heading before the first of its lines, the others below each other. */
const section = (heading: string, lines: readonly string[], width: number): string[] =>
  lines.map((line, at) => clip(`  ${(at === 0 ? heading : "").padEnd(7)} ${printable(line)}`, width));

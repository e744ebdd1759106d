/** A plan for a pull request: what changes and who is hit in a table, everything else folded. */
import { type Incident, titleOf } from "../flow/incident.ts";
import type { Graph } from "../graph/graph.ts";
import { explainContract } from "../plan/judge-contract.ts";
import { explainBroken, explainColumns, explainReach, explainStage } from "../plan/explain.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import { printable } from "./display-text.ts";
import type { Standing } from "./open-incidents.ts";
import { expected, type PlanSummary, summarisePlan } from "./plan-summary.ts";
import { counted, moment } from "./quantity.ts";

/** Names come from strangers: nothing of them is markup, a mention, a link, a formula or a picture of a face. */
const escaped = (text: string): string =>
  printable(text).replaceAll(
    /[\\`*{}[\]<>#|~@&$!]|(?<!\w)_|_(?!\w)|:(?=[\w/])/g,
    (mark) => `&#${mark.charCodeAt(0)};`,
  );

const code = (name: string): string => `<code>${escaped(name)}</code>`;

const codes = (names: readonly string[], most = 8): string => {
  const shown = names.slice(0, most).map(code).join(", ");
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
};

/** A plan as Markdown. */
export function planMarkdown(plan: Plan, graph: Graph, { held, incidents }: Standing): string {
  const summary = summarisePlan(plan, graph);
  const from = plan.base === 0 ? "its first release" : `release ${plan.base}`;
  const changed = summary.stages.filter(isChange);
  const followers = summary.stages.filter((stage) => !isChange(stage));
  const blocks = [
    `### Sluice plan for ${code(plan.environment)}, from ${from}`,
    summaryLine(summary, plan.restated),
    table(["", "dataset", "change", "who is hit"], changed.map(changeRow)),
    touchedLines(summary),
    folded(
      `${counted(followers.length, "more dataset")} to read, build or audit`,
      table(["", "dataset", "why", "expected"], followers.map(followerRow)),
    ),
    ...changed.map(reachedColumns),
    folded("What a build is expected to bring", table(["dataset", "expected"], expectations(changed))),
    folded(...spared(summary)),
    folded(
      `${counted(plan.metadata.length, "dataset")} described in another way`,
      table(
        ["dataset", "settings"],
        plan.metadata.map(({ dataset, settings, contract = [] }) => [
          code(dataset),
          [settings.join(", "), ...contract.map(explainContract).map(escaped)].join("<br>"),
        ]),
      ),
    ),
    folded(
      `${counted(plan.links.length, "consumer or story", "consumers or stories")} said anew`,
      table(
        ["", "name", "change"],
        plan.links.map(({ kind, name, change }) => [kind, code(name), change]),
      ),
    ),
    folded(
      `${counted(Object.keys(held).length, "dataset")} held at the last good version`,
      table(
        ["dataset", "because of", "since"],
        Object.entries(held).map(([id, { by, since }]) => [code(id), code(by), moment(since)]),
      ),
    ),
    folded(
      `${counted(incidents.length, "open incident")} on what this touches or reads`,
      table(["", "dataset", "state", "owner", "what"], incidents.map(incidentRow)),
    ),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

const isChange = ({ reason: { because } }: Stage): boolean =>
  ["new", "definition", "checks", "renamed", "removed"].includes(because);

function summaryLine({ stages, breaking, counts, asked }: PlanSummary, restated: boolean): string {
  const asks = asked.length === 0 ? "" : ` Asks ${codes(asked)} for what is new.`;
  if (stages.length === 0)
    return `${restated ? "No data to touch, but a run records what the project says anew." : "Nothing to do."}${asks}`;
  const grave = breaking === 0 ? "Nothing breaks: " : `**${counted(breaking, "breaking change")}**: `;
  return `${grave}${counts}.${asks}`;
}

function changeRow(stage: Stage): string[] {
  const { change } = stage;
  const what = change ? explainColumns(change) : [];
  const hit = change
    ? [...change.broken.map(explainBroken), explainReach(change)].filter((text) => text !== "")
    : [];
  return [
    change?.severity === "breaking" ? "**breaking**" : stage.kind,
    code(stage.dataset),
    [explainStage(stage), ...what].map(escaped).join("<br>"),
    [...hit.map(escaped), ...peopleOf(stage)].join("<br>") || "nobody",
  ];
}

function peopleOf(stage: Stage): string[] {
  const { consumers, stories } = stage.change?.reach ?? stage;
  const owners = stage.change?.reach.owners ?? [];
  return [
    ...(consumers.length === 0 ? [] : [`consumers ${codes(consumers)}`]),
    ...(stories.length === 0 ? [] : [`stories ${codes(stories)}`]),
    ...(owners.length === 0 ? [] : [`owners ${codes(owners)}`]),
  ];
}

const followerRow = (stage: Stage): string[] => [
  stage.kind,
  code(stage.dataset),
  escaped(explainStage(stage)),
  escaped(expected(stage)),
];

const expectations = (changed: readonly Stage[]): string[][] =>
  changed.flatMap((stage) =>
    expected(stage) === "" ? [] : [[code(stage.dataset), escaped(expected(stage))]],
  );

const incidentRow = (incident: Incident): string[] => [
  `${incident.severity} ${incident.id}`,
  code(incident.dataset),
  incident.state,
  escaped(incident.owner ?? ""),
  escaped(titleOf(incident.dataset, incident)),
];

/** Every column that depends on a change, by name. */
function reachedColumns({ dataset, change }: Stage): string {
  const columns = change?.reach.columns ?? [];
  if (columns.length === 0) return "";
  const title = `${counted(columns.length, "column")} that depend${columns.length === 1 ? "s" : ""} on what changes in ${code(dataset)}`;
  return folded(title, codes(columns, 200));
}

function touchedLines({ touched }: PlanSummary): string {
  return touched
    .map(({ kind, name, about, datasets }) => {
      const told = about === undefined ? "" : ` (${escaped(about)})`;
      return `- ${kind} ${code(name)}${told}, through ${codes(datasets, 4)}`;
    })
    .join("\n");
}

function spared({ spared: list }: PlanSummary): [string, string] {
  return [
    `${counted(list.length, "dataset")} that read nothing of what changes`,
    list.length === 0 ? "" : codes(list, 100),
  ];
}

/** Empty where there are no rows. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

const folded = (title: string, content: string): string =>
  content === "" ? "" : `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;

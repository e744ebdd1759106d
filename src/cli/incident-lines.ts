import { type Incident, misledBy, titleOf } from "../flow/incident.ts";
import type { MisledModel } from "../flow/trained-models.ts";
import type { IncidentAccount, WaitingConsumer } from "../run/incidents.ts";
import { clip, pad, printable } from "./display-text.ts";
import { age, count, counted, duration, moment, names } from "./quantity.ts";
import type { Shell, Style } from "./shell.ts";
import { renderTable } from "./table.ts";

const severityWord = ({ severity }: Pick<Incident, "severity">, style: Style): string =>
  severity === "stop" ? style.red("stop") : style.yellow("warn");

/** Incidents, a line each. */
export function incidentTable(incidents: readonly Incident[], shell: Shell): string[] {
  const now = shell.now();
  return renderTable(
    [
      { title: "id", align: "right", fixed: true },
      { title: "environment" },
      { title: "state", fixed: true },
      { title: "severity", fixed: true },
      { title: "opened", fixed: true },
      { title: "seen", align: "right", fixed: true },
      { title: "last", fixed: true },
      { title: "owner" },
      { title: "what" },
    ],
    incidents.map((incident) => [
      String(incident.id),
      printable(incident.environment),
      incident.state,
      incident.severity,
      age(incident.opened.at, now),
      `${count(incident.occurrences)} ×`,
      age(incident.lastSeen.at, now),
      printable(incident.owner ?? ""),
      printable(titleOf(incident.dataset, incident)),
    ]),
    { width: shell.out.width(), style: shell.out.style },
  );
}

/** Everything about one incident. */
export function incidentLines(incident: IncidentAccount, shell: Shell): string[] {
  const { style } = shell.out;
  const now = shell.now();
  const fact = (name: string, value: string): string[] =>
    value === "" ? [] : [`${style.dim(pad(name, 14))}${printable(value)}`];
  const { acknowledged, resolved, held, datasets, published, opened, lastSeen } = incident;
  const head = `${style.bold(`Incident ${incident.id}`)} in ${printable(incident.environment)}: ${incident.state}`;
  return [
    `${head}, ${severityWord(incident, style)}`,
    printable(titleOf(incident.dataset, incident)),
    "",
    ...fact("owner", incident.owner ?? "nobody; sluice incidents assign gives it one"),
    ...fact("opened", `${moment(opened.at)} (${age(opened.at, now)})${byRun(opened)}`),
    ...fact("last seen", `${moment(lastSeen.at)} (${age(lastSeen.at, now)})${byRun(lastSeen)}`),
    ...fact("seen", counted(incident.occurrences, "time")),
    ...fact("acknowledged", acknowledged === undefined ? "" : said(acknowledged)),
    ...fact("resolved", resolved === undefined ? "" : said({ ...resolved, who: resolvedBy(resolved) })),
    ...fact("held", held.count === 0 ? "" : listed(held)),
    ...fact("built from it", datasets.count === 0 || held.count > 0 ? "" : listed(datasets)),
    ...fact("stories", names(incident.stories, 10)),
    ...fact("misled", misledBy(incident.findings).map(trainedOn).join(", ")),
    ...fact(
      "readers have",
      published === undefined
        ? "nothing: it is not published"
        : `${counted(published.rows, "row")} built ${moment(published.builtAt)} (${age(published.builtAt, now)})`,
    ),
    ...fact("see also", incident.related.map((id) => `incident ${id}`).join(", ")),
    ...findingLines(incident, style),
    ...sampleLines(incident, shell),
    ...consumerLines(incident.consumers, shell),
    ...timelineLines(incident, shell),
    ...nextSteps(incident, style),
  ];
}

const trainedOn = ({ consumer, dataset, trainedOn: told }: MisledModel): string =>
  `${consumer}, trained on ${dataset} of ${told}`;

const byRun = ({ runId }: { readonly runId?: string }): string =>
  runId === undefined ? "" : `, run ${runId.slice(0, 8)}`;

const said = ({
  at,
  who,
  why,
}: {
  readonly at: string;
  readonly who: string;
  readonly why: string;
}): string => `${moment(at)} by ${who}${why === "" ? "" : `: ${why}`}`;

const resolvedBy = ({ by, who }: NonNullable<Incident["resolved"]>): string =>
  by === "flow" ? "the flow" : who;

const listed = ({ count: all, names: some }: Incident["held"]): string =>
  all > some.length || some.length > 8
    ? `${some.slice(0, 8).join(", ")} and ${all - Math.min(8, some.length)} more`
    : some.join(", ");

function findingLines({ findings }: IncidentAccount, style: Style): string[] {
  return [
    "",
    ...findings.map(
      (finding) =>
        `  ${severityWord(finding, style)}  ${finding.dataset}  ${printable(finding.check)}: ${printable(finding.message)}`,
    ),
  ];
}

const shownRows = 3;

function sampleLines({ samples }: IncidentAccount, { out }: Shell): string[] {
  return samples.flatMap(({ dataset, check, rows, hidden }) => {
    if (rows.length === 0)
      return [
        "",
        `  ${dataset}  ${printable(check)}, no rows: all they have (${printable(names(hidden, 5))}) may be personal data`,
      ];
    const without = hidden.length === 0 ? "" : `, without ${names(hidden, 5)}, which may hold personal data`;
    const head = `  ${dataset}  ${printable(check)}, some rows${printable(without)}:`;
    const shown = rows
      .slice(0, shownRows)
      .map((row) => out.style.dim(clip(`    ${printable(JSON.stringify(row))}`, out.width())));
    return ["", head, ...shown];
  });
}

function consumerLines(consumers: readonly WaitingConsumer[], shell: Shell): string[] {
  if (consumers.length === 0) return [];
  const now = shell.now();
  const rows = consumers.map(({ name, type, owner, freshness, staleFrom }) => [
    name,
    type,
    printable(owner ?? ""),
    freshness?.stop ?? "",
    staleFrom === undefined ? "" : staleness(staleFrom, now),
  ]);
  const columns = ["touches", "type", "owner", "may get old", ""].map((title) => ({ title }));
  return [
    "",
    ...renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style, indent: "  " }),
  ];
}

function staleness(from: string, now: Date): string {
  const left = Date.parse(from) - now.getTime();
  const span =
    Math.abs(left) < 48 * 3_600_000
      ? duration(Math.abs(left))
      : `${Math.floor(Math.abs(left) / 86_400_000)} days`;
  return left > 0 ? `too old in ${span}` : `too old for ${span}`;
}

function timelineLines({ timeline }: IncidentAccount, shell: Shell): string[] {
  const columns = [
    { title: "when", fixed: true },
    { title: "what", fixed: true },
    { title: "who" },
    { title: "" },
  ];
  const rows = timeline.map(({ at, what, who, text }) => [moment(at), what, printable(who), printable(text)]);
  return [
    "",
    ...renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style, indent: "  " }),
  ];
}

function nextSteps({ id, state, dataset, environment }: IncidentAccount, style: Style): string[] {
  if (state === "resolved") return [];
  const env = environment === "dev" ? "" : ` --env ${printable(environment)}`;
  const steps = [...(state === "open" ? [`sluice incidents ack ${id}`] : []), `sluice show ${dataset}${env}`];
  return ["", ...steps.map((step) => `${style.dim("next:")} ${step}`)];
}

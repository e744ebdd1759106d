import { createHash } from "node:crypto";
import type { EmailOptions } from "../define/hook.ts";
import type { Incident, NameList } from "../flow/incident.ts";
import type { Mail } from "../sink/sink.ts";
import { oneLine } from "./one-line.ts";
import { idOf, messageOf, sourceOf, type Told, withoutValue } from "./hook-message.ts";

/** An event as an e-mail in plain text. */
export function hookMail(
  told: Told,
  { from, to }: Pick<EmailOptions, "from" | "to">,
): Omit<Mail, "server" | "date" | "timeout"> {
  const incident = Number(told.event.data["incident"]);
  // Where mail servers look for who made an id. A domain cannot hold what ends it.
  const host = /@([^@>]+)>?$/.exec(from)?.[1] ?? "sluice.invalid";
  const thread = createHash("sha256")
    .update(`${sourceOf(told)}\n${incident}`)
    .digest("hex")
    .slice(0, 24);
  return {
    from,
    to: typeof to === "string" ? [to] : to,
    subject: subjectOf(told),
    text: bodyOf(told),
    id: `<${idOf(told)}@${host}>`,
    thread: `<inc_${thread}@${host}>`,
  };
}

/** What happened to an incident, in a word or two behind its number. */
const happened: Readonly<Record<string, string>> = {
  "incident.seen": "found again",
  "incident.worsened": "grew worse",
};

const whatOf = ({ event: { type } }: Told): string => happened[type] ?? type.replace(/^incident\./, "");

/** `[shop/prod] stop: raw.orders, incident 12 opened`. */
function subjectOf(told: Told): string {
  const { project, event, incident } = told;
  const severity = incident?.severity ?? (event.data["severity"] === "stop" ? "stop" : "warn");
  const subject = incident?.dataset ?? event.dataset ?? "";
  return `[${oneLine(project, 60)}/${oneLine(event.environment ?? "", 60)}] ${severity}: ${oneLine(subject, 120)}, incident ${Number(event.data["incident"])} ${whatOf(told)}`;
}

function bodyOf(told: Told): string {
  const { project, event, incident } = told;
  const number = Number(event.data["incident"]);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Incident", `${number}, ${whatOf(told)}`],
    ["Severity", incident?.severity],
    ["Dataset", incident?.dataset ?? event.dataset],
    ["Environment", event.environment],
    ["Project", project],
    ["When", event.at],
    ["Run", event.runId],
    ["Owner", incident?.owner],
    ...(incident === undefined ? [] : reachOf(incident)),
  ];
  const findings = incident?.state === "resolved" ? [] : (incident?.findings ?? []).map(withoutValue);
  const lines = [
    `${messageOf(told)}`,
    "",
    ...facts.flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [`${`${name}:`.padEnd(13)}${value}`],
    ),
    ...(findings.length === 0 ? [] : ["", "What stands now:"]),
    ...findings
      .slice(0, mostFindings)
      .map(({ severity, dataset, check, message }) => `- ${severity}  ${dataset}  ${check}: ${message}`),
    ...(findings.length > mostFindings ? [`- and ${findings.length - mostFindings} more`] : []),
    "",
    `More of it: sluice incidents show ${number}`,
  ];
  return `${lines.map((line) => oneLine(line, 1000)).join("\n")}\n`;
}

const mostFindings = 20;

/** Whom it touches. */
function reachOf({ held, consumers, stories }: Incident): readonly (readonly [string, string])[] {
  const touched = consumers.map(
    ({ name, type, owner }) => `${name} (${type}${owner === undefined ? "" : `, ${owner}`})`,
  );
  return [
    ["Held back", listed(held)],
    ["Consumers", listed({ count: touched.length, names: touched })],
    ["Stories", listed({ count: stories.length, names: stories })],
  ];
}

function listed({ count, names }: NameList): string {
  const shown = names.slice(0, 10);
  return `${shown.join(", ")}${count > shown.length ? ` and ${count - shown.length} more` : ""}`;
}

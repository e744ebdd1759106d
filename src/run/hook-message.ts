import { createHash, createHmac } from "node:crypto";
import { type Incident, type IncidentFinding, titleOf } from "../flow/incident.ts";
import type { Event } from "../flow/event.ts";
import { oneLine } from "./one-line.ts";

/** What is sent to tell of one event: the same id however often it is sent. */
export interface HookMessage {
  readonly id: string;
  readonly contentType: string;
  readonly body: string;
}

/** An event with what it is about. */
export interface Told {
  readonly project: string;
  readonly event: Event;
  /** As it is now; absent where it is not known any more. */
  readonly incident?: Incident | undefined;
}

/** An event as CloudEvents 1.0 has it, in structured mode. */
export function cloudEvent(told: Told): HookMessage {
  const { event, incident } = told;
  const id = idOf(told);
  const { findings: _, ...change } = event.data;
  const body = JSON.stringify({
    specversion: "1.0",
    id,
    source: sourceOf(told),
    type: `sluice.${event.type}`,
    ...(event.data["incident"] === undefined
      ? {}
      : { subject: `incident/${Number(event.data["incident"])}` }),
    time: event.at,
    datacontenttype: "application/json",
    data: {
      message: messageOf(told),
      environment: event.environment,
      ...(event.dataset === undefined ? {} : { dataset: event.dataset }),
      ...(event.runId === undefined ? {} : { runId: event.runId }),
      change,
      ...(incident === undefined ? {} : { state: withoutValues(incident) }),
    },
  });
  return { id, contentType: "application/cloudevents+json; charset=utf-8", body };
}

/** An event as a message that Slack shows, and what takes the same JSON. */
export function slackMessage(told: Told): HookMessage {
  const { event, incident } = told;
  const facts = [
    ...(incident?.owner === undefined ? [] : [`owner ${incident.owner}`]),
    ...(incident === undefined || incident.consumers.length === 0
      ? []
      : [
          `touches ${incident.consumers
            .map(({ name }) => name)
            .slice(0, 5)
            .join(", ")}`,
        ]),
  ];
  const head = `*Incident ${Number(event.data["incident"])}* in ${escaped(event.environment ?? "")}: ${escaped(messageOf(told))}`;
  const lines = [head, ...(facts.length === 0 ? [] : [escaped(facts.join("; "))])];
  const text = lines.map((line) => oneLine(line, longestLine)).join("\n");
  return { id: idOf(told), contentType: "application/json; charset=utf-8", body: JSON.stringify({ text }) };
}

/** Slack shows some 4,000 characters of a message well. */
const longestLine = 2000;

/** What Slack would take for markup or a mention. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Where it happened, as a URI. */
export const sourceOf = ({ project, event }: Told): string =>
  `urn:sluice:${encodeURIComponent(project)}:${encodeURIComponent(event.environment ?? "")}`;

/** Stable: who gets a message twice knows it by this. */
export function idOf(told: Told): string {
  const { sequence, at, type, data } = told.event;
  const text = JSON.stringify([sourceOf(told), sequence, at, type, data]);
  return `evt_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
}

/** An event in words. */
export function messageOf({ event, incident }: Told): string {
  const { data, type, dataset = "" } = event;
  const said = (name: string): string => (typeof data[name] === "string" ? data[name] : "");
  const findings = data["findings"] as readonly IncidentFinding[] | undefined;
  const severity = data["severity"] === "stop" ? "stop" : "warn";
  const cause = incident?.dataset ?? dataset;
  const title =
    findings === undefined ? "" : titleOf(cause, { severity, findings: findings.map(withoutValue) });
  const because = said("why") === "" ? "" : `: ${said("why")}`;
  switch (type) {
    case "incident.opened":
      return title;
    case "incident.seen":
      return `again: ${title}`;
    case "incident.worsened":
      return `grew worse: ${title}`;
    case "incident.acknowledged":
      return `${dataset} is looked after by ${said("who")}${because}`;
    case "incident.assigned":
      return `${dataset} was assigned to ${said("owner")} by ${said("who")}${because}`;
    case "incident.resolved":
      return `${dataset} is resolved${because}`;
    default:
      return `now: ${title}`;
  }
}

function withoutValues({ timeline: _, ...incident }: Incident): Omit<Incident, "timeline"> {
  return { ...incident, findings: incident.findings.map(withoutValue) };
}

/** An engine quotes the value on which a query broke; that is somebody's data, and stays here. */
export function withoutValue(finding: IncidentFinding): IncidentFinding {
  if (finding.kind !== "build" && finding.kind !== "held") return finding;
  return { ...finding, message: finding.message.replaceAll(/'(?:[^']|'')*'/g, "'…'") };
}

/** The headers of Standard Webhooks: who knows the secret knows from whom a message is, and when it was sent. */
export function signatureHeaders(
  { id, body }: HookMessage,
  at: Date,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === undefined) return headers;
  // Secrets that are made for this are bytes in base64, with a word before them.
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : secret;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...headers, "webhook-signature": `v1,${signature}` };
}

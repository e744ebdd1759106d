import { expect, test } from "vitest";
import type { Event } from "../flow/event.ts";
import type { Incident } from "../flow/incident.ts";
import type { DatasetId } from "../graph/graph.ts";
import { sendMail } from "../sink/smtp.ts";
import { mailServer } from "../testing/mail-server.ts";
import { hookMail } from "./hook-mail.ts";

const hostile = "x\r\nBcc: mallory@evil.example\r\n\r\n.\r\nQUIT\u202E\u0000";
const dataset = `raw.${hostile}` as DatasetId;
const at = "2026-03-04T08:15:02.113Z";
const none = { count: 0, names: [] };
const finding = {
  dataset,
  check: hostile,
  kind: "build",
  severity: "stop",
  message: `Conversion Error: 'Ada Lovelace' is not a number ${hostile}`,
  value: 1,
  since: at,
} as const;
const incident: Incident = {
  id: 12,
  environment: hostile,
  dataset,
  state: "open",
  severity: "stop",
  findings: [finding],
  held: { count: 40, names: Array.from({ length: 20 }, (_, n) => `held.n${n}`) },
  datasets: none,
  consumers: [{ name: hostile, type: "dashboard", owner: hostile }],
  stories: [hostile],
  owner: hostile,
  opened: { at },
  lastSeen: { at },
  occurrences: 1,
  timeline: [],
};
const event = (type: string, data: Event["data"] = {}): Event => ({
  sequence: 7,
  type,
  at,
  environment: hostile,
  dataset,
  data: { incident: 12, ...data },
});
const addresses = { from: "Alerts <alerts@shop.example>", to: "ada@shop.example" };

test("names and reasons become neither headers, nor recipients, nor commands, nor lines", async () => {
  await using server = await mailServer();
  const opened = event("incident.opened", { severity: "stop", findings: [finding] });
  const mail = hookMail({ project: hostile, event: opened, incident }, addresses);
  const url = new URL(`smtp://127.0.0.1:${server.port}`);
  expect(await sendMail({ server: url, ...mail, date: new Date(at), timeout: 5000 })).toEqual({
    delivered: true,
  });
  const [letter] = server.received;
  expect(letter?.to).toEqual(["ada@shop.example"]);
  expect([...(letter?.headers.keys() ?? [])].toSorted()).toEqual([
    "auto-submitted",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "references",
    "subject",
    "to",
  ]);
  expect(mail.subject).toMatch(/^\[x Bcc: mallory@evil\.example \. QUIT /);
  expect(letter?.text.split("\n").filter((line) => /^(Bcc|\.|QUIT)/.test(line))).toEqual([]);
  // oxlint-disable-next-line no-control-regex
  expect(letter?.text).not.toMatch(/[\u0000-\u0009\u202E]/);
  // Somebody's data, quoted by the engine.
  expect(letter?.text).not.toContain("Ada");
  expect(letter?.text).toContain("held.n9 and 30 more");
});

test("one event has one id, and all of an incident one thread", () => {
  const mail = (type: string) =>
    hookMail({ project: "shop", event: event(type, { why: "" }), incident }, addresses);
  const [opened, again, resolved] = ["incident.opened", "incident.opened", "incident.resolved"].map(mail);
  expect(opened?.id).toBe(again?.id);
  expect(opened?.id).toMatch(/^<evt_[0-9a-f]{24}@shop\.example>$/);
  expect(resolved?.id).not.toBe(opened?.id);
  expect(resolved?.thread).toBe(opened?.thread);
});

test("an incident that is not known any more is told with what its event says", () => {
  const { subject, text } = hookMail(
    {
      project: "shop",
      event: { ...event("incident.worsened", { severity: "stop" }), dataset: "raw.orders" },
    },
    addresses,
  );
  expect(subject).toMatch(/stop: raw\.orders, incident 12 grew worse$/);
  expect(text).toContain("Incident:    12, grew worse\nDataset:     raw.orders\n");
});

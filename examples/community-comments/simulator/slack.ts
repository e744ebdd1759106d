/**
 * Slack: the workspace export, one folder per channel and one file per day, with the log of deletions on.
 * Beside the folders lie `users.json` and `channels.json`, which are not messages.
 */
import { join } from "node:path";
import { DAYS, dateOf, momentOfDay, startOfDay, weekdayOf } from "./calendar.ts";
import { type Draft, Drafter, type Habits, type Order } from "./comment.ts";
import { createFile } from "./landing-file.ts";
import { handle, slackUser } from "./people.ts";

interface Channel {
  readonly id: string;
  readonly name: string;
  /** How much is said here compared with the others. */
  readonly weight: number;
  readonly weekends: boolean;
}

const GENERAL: Channel = { id: "C0GENERAL", name: "general", weight: 5, weekends: true };
/** Rests on weekends, which leaves room for late files. */
const RANDOM: Channel = { id: "C00RANDOM", name: "random", weight: 3, weekends: false };
const CHANNELS: readonly Channel[] = [
  GENERAL,
  { id: "C000HELP1", name: "help", weight: 4, weekends: true },
  RANDOM,
  { id: "C0SHOWTEL", name: "show-and-tell", weight: 2, weekends: false },
];
const TEAM = "T0MILLPND";
const DELETED = "This message was deleted.";

/** Messages below which it is not worth opening a file: a small community does not talk every day. */
const LEAST_PER_FILE = 40;

const HABITS: Habits = {
  source: "slack",
  alphabet: "unicode",
  defects: ["blank", "unreadable date", "date in 1970", "date in the future", "missing field"],
  turns: ["duplicate", "edited before", "deleted", "whitespace"],
};

/** Write an export, or for a late order the weekends that it forgot. */
export async function* writeSlack(order: Order): AsyncGenerator<void> {
  const drafter = new Drafter(order, HABITS);
  if (!order.late) await writeRoot(order, drafter.people);
  const days = order.late ? lateDays(order.comments) : activeDays(order.comments);
  const total = days.reduce((sum, { weight }) => sum + weight, 0);
  const carried = new Map<Channel, string[]>();
  let [weight, given] = [0, 0];
  for (const { channel, day, weight: own } of days) {
    weight += own;
    const messages = Math.round((weight / total) * order.comments) - given;
    given += messages;
    if (messages === 0) continue;
    carried.set(channel, await writeDay(order, drafter, channel, day, messages, carried.get(channel) ?? []));
    yield;
  }
}

/** Write the first day of `#general` after the year; `spoil` may damage the text of a record, given its number. */
export async function writeDayAfter(
  order: Order,
  spoil: (record: string, number: number) => string,
): Promise<void> {
  await writeDay(order, new Drafter(order, HABITS), GENERAL, DAYS, order.comments, [], spoil);
}

/** Write one day of a channel; returns the records that the next day's file repeats. */
async function writeDay(
  order: Order,
  drafter: Drafter,
  channel: Channel,
  day: number,
  messages: number,
  carried: readonly string[],
  spoil = (record: string, _number: number) => record,
): Promise<string[]> {
  const { tally } = order;
  const { random } = drafter;
  const file = createFile(pathOf(order.folder, channel.name, day));
  const repeated: string[] = [];
  let [records, thread] = [0, ""];
  const put = (record: string) => file.write((records++ === 0 ? "[\n" : ",\n") + record);
  for (const record of carried) put(record);
  for (let i = 0; i < messages; i++) {
    // One slot of the day per message, with a gap: no two messages of a channel share a `ts`.
    const draft = drafter.draft(momentOfDay(day, (i + random.share() * 0.9) / messages));
    const ts = tsOf(draft.moment) + String(100 + random.below(900));
    if (thread === "" || random.chance(0.1)) thread = ts;
    const record = render(draft, channel, ts, random.chance(0.25) ? thread : "", drafter);
    put(spoil(record, i));
    if (draft.fate === "duplicate") repeated.push(record);
    if (draft.fate === "deleted" && draft.number % 2) put(deletion(draft, channel, ts));
  }
  file.write("\n]\n");
  tally.bytes += await file.close();
  tally.files++;
  tally.records += records;
  return repeated;
}

/** A message of the export. Half of the deleted ones left a tombstone in their place, the others an event. */
function render(
  draft: Draft,
  channel: Channel,
  ts: string,
  thread: string,
  { random, people }: Drafter,
): string {
  const head = `{"type":"message","channel":"${channel.id}"`;
  if (draft.fate === "deleted" && draft.number % 2 === 0) {
    return `${head},"subtype":"tombstone","user":"USLACKBOT","text":"${DELETED}","ts":"${ts}","hidden":true}`;
  }
  const user = slackUser(draft.author);
  const bot = draft.number % 128 === 5;
  const who =
    draft.fate === "missing field"
      ? ""
      : bot
        ? `"subtype":"bot_message","bot_id":"B0GAUGEBT","username":"gaugebot",`
        : `"user":"${user}",`;
  const mention =
    draft.text !== "" && draft.fate !== "whitespace" && random.chance(0.02)
      ? `<@${slackUser(random.below(people))}> `
      : "";
  let message = `${head},${who}"text":${JSON.stringify(mention + escaped(draft.text))},"ts":"${timeOf(draft, ts)}"`;
  if (draft.editedAt !== undefined)
    message += `,"edited":{"user":"${user}","ts":"${tsOf(draft.editedAt)}000"}`;
  if (thread !== "") message += `,"thread_ts":"${thread}"`;
  if (draft.score > 40)
    message += `,"reactions":[{"name":"droplet","users":["${slackUser(0)}"],"count":${draft.score >> 5}}]`;
  return `${message}}`;
}

const deletion = (draft: Draft, channel: Channel, ts: string): string =>
  `{"type":"message","channel":"${channel.id}","subtype":"message_deleted","hidden":true,"user":"${slackUser(draft.author)}",` +
  `"text":"${DELETED}","ts":"${tsOf(draft.moment + 2_000)}999","deleted_ts":"${ts}"}`;

/** Slack's text is HTML-escaped in these three signs only. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** `1751241600.123`: seconds since 1970, to which three more digits make a `ts`. */
const tsOf = (moment: number): string => (moment / 1000).toFixed(3);

function timeOf(draft: Draft, ts: string): string {
  switch (draft.fate) {
    case "unreadable date":
      return "yesterday at noon";
    case "date in 1970":
      return `0000000000.${ts.slice(-6)}`;
    case "date in the future":
      return `4${ts.slice(1)}`;
    default:
      return ts;
  }
}

const pathOf = (folder: string, channel: string, day: number): string =>
  join(folder, "slack", channel, `${dateOf(day)}.json`);

/** The two lists in the root of an export: who is who, and which channel is which. */
async function writeRoot(order: Order, people: number): Promise<void> {
  const { folder, tally } = order;
  const created = startOfDay(0) / 1000;
  const channels = createFile(join(folder, "slack", "channels.json"));
  const list = CHANNELS.map(({ id, name }) => ({
    id,
    name,
    created,
    creator: slackUser(0),
    is_archived: false,
    is_general: name === "general",
    members: [],
  }));
  channels.write(`${JSON.stringify(list, null, 2)}\n`);
  const users = createFile(join(folder, "slack", "users.json"));
  for (let person = 0; person < people; person++) {
    const name = handle(person);
    users.write(
      `${person === 0 ? "[\n" : ",\n"}{"id":"${slackUser(person)}","team_id":"${TEAM}","name":"${name}","deleted":false,"profile":{"real_name":"${name}","display_name":"${name}","email":"${name}@example.org"},"is_bot":false}`,
    );
  }
  users.write("\n]\n");
  tally.bytes += (await channels.close()) + (await users.close());
  tally.files += 2;
}

/** The days on which each channel speaks, oldest first; fewer for a small community. */
function activeDays(comments: number): { channel: Channel; day: number; weight: number }[] {
  const possible = CHANNELS.flatMap((channel, index) =>
    Array.from({ length: DAYS }, (_, day) => ({ channel, day, index })).filter(
      ({ day }) => channel.weekends || weekdayOf(day) < 5,
    ),
  );
  const stride = Math.max(1, Math.round((possible.length * LEAST_PER_FILE) / comments));
  return possible
    .filter(({ day, index }) => (day + 3 * index) % stride === Math.min(1, stride - 1))
    .map(({ channel, day }) => ({ channel, day, weight: channel.weight * rush(day) }))
    .toSorted((a, b) => a.day - b.day);
}

/** Weekends on which `#random` did speak, though nobody had exported them. */
function lateDays(comments: number): { channel: Channel; day: number; weight: number }[] {
  const weekends = Array.from({ length: DAYS - 28 }, (_, day) => day).filter((day) => weekdayOf(day) >= 5);
  return weekends
    .slice(-Math.max(1, Math.ceil(comments / 1_000)))
    .map((day) => ({ channel: RANDOM, day, weight: 1 }));
}

/** How busy a day is: growing over the year, quiet on weekends, three times as loud on a few days. */
function rush(day: number): number {
  return (1 + day / DAYS) * (weekdayOf(day) < 5 ? 1 : 0.6) * (day % 61 === 17 ? 3 : 1);
}

/**
 * What a simulator can deliver: first the year, then one more thing on top of it. Further deliveries read
 * `simulation.json`, which the first one leaves in the landing folder, to go on with the same numbers.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DAYS, startOfDay } from "./calendar.ts";
import { emptyTally, type Order, type Tally, type Writer } from "./comment.ts";
import { editGithub, writeGithub } from "./github.ts";
import { writeLinkedin, writeLinkedinArchive } from "./linkedin.ts";
import { editMastodon, writeMastodon } from "./mastodon.ts";
import { editReddit, writeReddit } from "./reddit.ts";
import { writeDayAfter, writeSlack } from "./slack.ts";
import { editYoutube, writeYoutube } from "./youtube.ts";

/** Sources by the name of their dataset in `raw`. */
export type SourceName =
  | "slack"
  | "reddit"
  | "mastodon"
  | "youtube"
  | "linkedin"
  | "github"
  | "linkedin_archive";

interface Stream {
  readonly write: Writer;
  /** Of all comments. */
  readonly share: number;
  /** The part of the year it covers. LinkedIn's export changed after three months. */
  readonly from: number;
  readonly to: number;
  /** How to read the oldest records and edit them; absent where nothing can be edited. */
  readonly again?: {
    readonly file: string;
    readonly records: (text: string) => unknown[];
    readonly edit: Edit;
  };
}

type Edit = (record: never, moment: number) => object | undefined;

const json = (pick: (document: never) => unknown[]) => (text: string) => pick(JSON.parse(text) as never);

const STREAMS: Readonly<Record<SourceName, Stream>> = {
  slack: { write: writeSlack, share: 0.44, from: 0, to: 1 },
  reddit: {
    write: writeReddit,
    share: 0.17,
    from: 0,
    to: 1,
    again: {
      file: "reddit/listing-0001.json",
      records: json((listing: { data: { children: unknown[] } }) => listing.data.children),
      edit: editReddit,
    },
  },
  mastodon: {
    write: writeMastodon,
    share: 0.12,
    from: 0,
    to: 1,
    again: { file: "mastodon/statuses-0001.ndjson", records: readableLines, edit: editMastodon },
  },
  youtube: {
    write: writeYoutube,
    share: 0.1,
    from: 0,
    to: 1,
    again: {
      file: "youtube/threads-0001.json",
      records: json((page: { items: unknown[] }) => page.items),
      edit: editYoutube,
    },
  },
  linkedin: { write: writeLinkedin, share: 0.09, from: 0.25, to: 1 },
  github: {
    write: writeGithub,
    share: 0.05,
    from: 0,
    to: 1,
    again: { file: "github/page-00001.json", records: json((page: unknown[]) => page), edit: editGithub },
  },
  linkedin_archive: { write: writeLinkedinArchive, share: 0.03, from: 0, to: 0.25 },
};

const NAMES = Object.keys(STREAMS) as SourceName[];

export type Tallies = Partial<Record<SourceName, Tally>>;

/** The whole year, all seven sources. */
export async function deliverYear(folder: string, seed: number, comments: number): Promise<Tallies> {
  const tallies: Tallies = {};
  let left = comments;
  for (const name of NAMES) {
    const stream = STREAMS[name];
    // The last one takes what rounding left over, so that the sum is exact.
    const own = name === "linkedin_archive" ? left : Math.round(comments * stream.share);
    left -= own;
    tallies[name] = await write(name, { folder, seed, comments: own, from: stream.from, to: stream.to });
  }
  return tallies;
}

/** One more day of Slack's `#general`, seven messages in ten of it broken; or the same day as it should have been. */
export async function deliverDayAfter(
  folder: string,
  seed: number,
  before: Tallies,
  poisoned: boolean,
): Promise<Tallies> {
  const after = before.slack?.comments ?? 0;
  const tally = emptyTally();
  // A usual day of a busy channel, though never so small that a handful of messages decides.
  const comments = Math.min(Math.max(Math.round(after / 500), 200), 10_000);
  await writeDayAfter(
    { folder, seed, comments, from: 0, to: 1, tally, late: { after, again: [] } },
    (record, number) => {
      if (!poisoned || number % 10 >= 7) return record;
      tally.refused++;
      tally.kept--;
      return poison(record, number);
    },
  );
  return { slack: tally };
}

/** About 1 % more comments, made on days long delivered, and older comments again, edited since. */
export async function deliverLate(folder: string, seed: number, before: Tallies): Promise<Tallies> {
  const tallies: Tallies = {};
  for (const name of NAMES) {
    const { again: source, from, to } = STREAMS[name];
    // An archive is closed.
    if (name === "linkedin_archive") continue;
    const after = before[name]?.comments ?? 0;
    const again = source
      ? edited(readFileSync(join(folder, source.file), "utf8"), source.records, source.edit)
      : [];
    const comments = Math.max(Math.round(after / 100), 5);
    const order = { folder, seed, comments, from, to: to * 0.9, late: { after, again } };
    const tally = await write(name, order);
    tally.dirt["edited later"] = again.length;
    tallies[name] = tally;
  }
  if (tallies.slack) editSlackDay(folder, tallies.slack);
  return tallies;
}

async function write(name: SourceName, order: Omit<Order, "tally">): Promise<Tally> {
  const tally = emptyTally();
  // A file is written in one go; between files, others in this process have their turn.
  for await (const _ of STREAMS[name].write({ ...order, tally })) await setImmediate();
  return tally;
}

/** The ways in which a record can be spoilt, in turn. */
const POISONS: readonly ((message: Record<string, unknown>) => void)[] = [
  (message) => delete message["ts"],
  (message) => (message["user"] = null),
  (message) => (message["ts"] = `4${String(message["ts"]).slice(1)}`),
  (message) => (message["ts"] = "29 June, after lunch"),
  (message) => (message["text"] = null),
  (message) => (message["text"] = ""),
  (message) => (message["channel"] = "#general"),
];

function poison(record: string, number: number): string {
  const message = JSON.parse(record) as Record<string, unknown>;
  // Bots have no user to lose.
  delete message["bot_id"];
  POISONS[number % POISONS.length]?.(message);
  return JSON.stringify(message);
}

/** When those who edit late do so; milliseconds since 1970. */
const EDITED = startOfDay(DAYS - 2);

/** Every tenth of the records that are whole, at most 200, edited, as text. */
function edited(text: string, records: (text: string) => unknown[], edit: Edit): string[] {
  return records(text)
    .slice(0, 2_000)
    .flatMap((record, index) =>
      index % 10 === 3 ? (edit(record as never, EDITED + index * 1000) ?? []) : [],
    )
    .map((record) => JSON.stringify(record));
}

/** The lines that are JSON: among the statuses of a year some are not. */
function readableLines(text: string): unknown[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

/** Write a day of `#general` once more, as an export does when its messages were edited since. */
function editSlackDay(folder: string, tally: Tally): void {
  const channel = join(folder, "slack", "general");
  const name = readdirSync(channel).toSorted().at(-3);
  if (!name) return;
  const messages = JSON.parse(readFileSync(join(channel, name), "utf8")) as Record<string, unknown>[];
  let edits = 0;
  messages.forEach((message, index) => {
    const { text, user, ts, subtype } = message;
    if (index % 10 !== 3 || subtype || !user || !String(text).trim() || !/^1\d{9}\./.test(String(ts))) return;
    message["text"] = `${String(text)} (edited: see the pinned post)`;
    message["edited"] = { user, ts: `${EDITED / 1000 + index}.000000` };
    edits++;
  });
  const text = `[\n${messages.map((message) => JSON.stringify(message)).join(",\n")}\n]\n`;
  writeFileSync(join(channel, name), text);
  tally.files++;
  tally.bytes += Buffer.byteLength(text);
  tally.records += messages.length;
  tally.dirt["edited later"] = edits;
}

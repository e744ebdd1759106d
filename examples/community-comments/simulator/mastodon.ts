/** Mastodon: statuses of the community's hashtag as the API serves them, one a line, every second file gzipped. */
import { join } from "node:path";
import type { Draft, Drafter, Order } from "./comment.ts";
import { createFile, createGzipFile } from "./landing-file.ts";
import { type Paging, writePages } from "./pages.ts";
import { handle } from "./people.ts";

const SERVERS = ["mill.example", "pond.example", "garden.example"];
const TAGS = ["millpond", "millpond", "sluices", "diywater"];
const LANGUAGES = ["en", "en", "en", "de", "fr", "es"];

export function writeMastodon(order: Order): AsyncGenerator<void> {
  const { folder, late } = order;
  const paging: Paging = {
    source: "mastodon",
    alphabet: "unicode",
    defects: [
      "blank",
      "unreadable date",
      "date in 1970",
      "date in the future",
      "missing field",
      "broken line",
    ],
    turns: ["duplicate", "edited later", "edited before", "whitespace"],
    most: 10_000,
    open(page) {
      const name = join(
        folder,
        "mastodon",
        `${late ? "late" : "statuses"}-${String(page).padStart(4, "0")}.ndjson`,
      );
      const file = page % 2 === 0 ? createGzipFile(`${name}.gz`) : createFile(name);
      return { file, head: "", separator: "\n", tail: "\n" };
    },
    render,
  };
  return writePages(order, paging);
}

function render(draft: Draft, { random }: Drafter): string {
  const name = handle(draft.author);
  const server = SERVERS[draft.author % 3] as string;
  // Ids of statuses begin with the time, as Mastodon's own do.
  const id = String((BigInt(draft.moment) << 16n) | BigInt(draft.number & 0xffff));
  const account =
    draft.fate === "missing field"
      ? "null"
      : `{"username":"${name}","acct":"${name}@${server}","display_name":"${name.replace("_", " ")}","bot":false}`;
  const edited = draft.editedAt === undefined ? "null" : `"${new Date(draft.editedAt).toISOString()}"`;
  const tag = TAGS[draft.number % 4];
  const line =
    `{"id":"${id}","created_at":"${createdAt(draft)}","visibility":"public",` +
    `"language":"${LANGUAGES[draft.author % 6]}","url":"https://${server}/@${name}/${id}","reblogs_count":${draft.score >> 3},` +
    `"favourites_count":${draft.score},"edited_at":${edited},"content":${JSON.stringify(html(draft.text))},` +
    `"account":${account},"tags":[{"name":"${tag}"}]}`;
  return draft.fate === "broken line" ? line.slice(0, 60 + random.below(100)) : line;
}

/** Text as Mastodon renders it: escaped, in paragraphs, with breaks. */
function html(text: string): string {
  if (text === "") return "";
  const escaped = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
  return `<p>${escaped.replaceAll("\n\n", "</p><p>").replaceAll("\n", "<br />")}</p>`;
}

function createdAt(draft: Draft): string {
  const moment = new Date(draft.moment).toISOString();
  switch (draft.fate) {
    case "unreadable date":
      return "last Tuesday";
    case "date in 1970":
      return "1970-01-01T00:00:00.000Z";
    case "date in the future":
      return `2099${moment.slice(4)}`;
    default:
      return moment;
  }
}

/** A status after it was edited; undefined if it is not whole. */
export function editMastodon(status: Status, moment: number): Status | undefined {
  if (!status.account || !/>\S/.test(status.content) || !status.created_at.startsWith("202"))
    return undefined;
  status.content = status.content.replace(/<\/p>$/, " Edit: now with a photo.</p>");
  status.edited_at = new Date(moment).toISOString();
  return status;
}

interface Status {
  account: unknown;
  content: string;
  created_at: string;
  edited_at: string | null;
}

/** Reddit: listings of a subreddit's comments as the API answers them. */
import { join } from "node:path";
import type { Draft, Order } from "./comment.ts";
import { createFile } from "./landing-file.ts";
import { type Paging, writePages } from "./pages.ts";
import { handle } from "./people.ts";

const SUBREDDITS = ["millpond", "millpond", "millpond", "watergauges"];
/** Ids are numbers in base 36 and long past 10^10. */
const FIRST_ID = 46_000_000_000;

export function writeReddit(order: Order): AsyncGenerator<void> {
  const { folder, late } = order;
  const paging: Paging = {
    source: "reddit",
    alphabet: "unicode",
    defects: ["blank", "unreadable date", "date in 1970", "date in the future", "missing field"],
    turns: ["duplicate", "edited later", "edited before", "deleted", "whitespace"],
    most: 14_000,
    open: (page) => ({
      file: createFile(
        join(folder, "reddit", `${late ? "late" : "listing"}-${String(page).padStart(4, "0")}.json`),
      ),
      head: `{"kind":"Listing","data":{"after":"t1_page${page + 1}","dist":null,"modhash":"","children":[\n`,
      separator: ",\n",
      tail: "\n]}}\n",
    }),
    render,
  };
  return writePages(order, paging);
}

function render(draft: Draft): string {
  const id = (FIRST_ID + draft.number * 7).toString(36);
  const post = (FIRST_ID - 5_000_000 + (draft.number >> 5)).toString(36);
  const subreddit = SUBREDDITS[draft.number % 4] as string;
  const deleted = draft.fate === "deleted";
  // A moderator removes the text, a user takes the name off as well.
  const body = deleted ? (draft.number % 2 ? '"[removed]"' : '"[deleted]"') : JSON.stringify(draft.text);
  const author =
    draft.fate === "missing field" ? "" : `"author":"${deleted ? "[deleted]" : handle(draft.author)}",`;
  const edited = draft.editedAt === undefined ? "false" : epoch(draft.editedAt);
  return (
    `{"kind":"t1","data":{"id":"${id}","name":"t1_${id}",${author}"body":${body},"created_utc":${created(draft)},"edited":${edited},` +
    `"score":${draft.score - (draft.number % 3)},"subreddit":"${subreddit}","link_id":"t3_${post}",` +
    `"permalink":"/r/${subreddit}/comments/${post}/_/${id}/"}}`
  );
}

/** Seconds since 1970 as Reddit writes them: with a point, though always whole. */
const epoch = (moment: number): string => `${Math.floor(moment / 1000)}.0`;

function created(draft: Draft): string {
  switch (draft.fate) {
    case "unreadable date":
      return '"5 hours ago"';
    case "date in 1970":
      return "0.0";
    case "date in the future":
      return epoch(draft.moment + 73 * 365 * 86_400_000);
    default:
      return epoch(draft.moment);
  }
}

/** A comment of a listing after it was edited; undefined if it is not whole. */
export function editReddit(child: Child, moment: number): Child | undefined {
  const { data } = child;
  if (!data.author || !data.body.trim() || /^\[\w+\]$/.test(data.body)) return undefined;
  if (typeof data.created_utc !== "number" || data.created_utc < 1e9 || data.created_utc > 2e9)
    return undefined;
  data.body += "\n\nEDIT: typo";
  data.edited = Math.floor(moment / 1000);
  return child;
}

interface Child {
  data: { author?: string; body: string; created_utc: number | string; edited: boolean | number };
}

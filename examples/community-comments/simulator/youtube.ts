/** YouTube: pages of comment threads as the Data API's `commentThreads.list` answers them. */
import { join } from "node:path";
import { isoSeconds } from "./calendar.ts";
import type { Draft, Drafter, Order } from "./comment.ts";
import { createFile } from "./landing-file.ts";
import { type Paging, writePages } from "./pages.ts";
import { handle } from "./people.ts";
import { scattered } from "./random.ts";

const CHANNEL = "UCmillpondmillpondmill01";
const VIDEOS = Array.from({ length: 24 }, (_, i) => `mP0nd${String(i + 1).padStart(2, "0")}vIdE`);

export function writeYoutube(order: Order): AsyncGenerator<void> {
  const { folder, late } = order;
  const paging: Paging = {
    source: "youtube",
    alphabet: "unicode",
    defects: ["blank", "unreadable date", "date in 1970", "date in the future", "missing field"],
    turns: ["duplicate", "edited later", "edited before", "whitespace"],
    most: 7_000,
    open: (page, perPage) => ({
      file: createFile(
        join(folder, "youtube", `${late ? "late" : "threads"}-${String(page).padStart(4, "0")}.json`),
      ),
      head: `{"kind":"youtube#commentThreadListResponse","etag":"page${page}","pageInfo":{"totalResults":${perPage},"resultsPerPage":${perPage}},"items":[\n`,
      separator: ",\n",
      tail: "\n]}\n",
    }),
    render,
  };
  return writePages(order, paging);
}

function render(draft: Draft, drafter: Drafter): string {
  const { random } = drafter;
  const video = VIDEOS[((draft.number * 7) % 31) % 24] as string;
  const id = `Ugx${scattered(draft.number)}${scattered(draft.number * 3)}4AaABAg`;
  let [count, replies] = [0, ""];
  // Replies are plain and would be lost with a refused thread; so threads with a fate have none.
  if (draft.fate === "plain" && draft.editedAt === undefined && random.chance(0.1)) {
    const wanted = 1 + random.below(3);
    while (count < wanted && !drafter.done) {
      replies += `${count++ ? "," : ""}${comment(drafter.reply(draft), `${id}.9${scattered(count)}`, video, id)}`;
    }
  }
  const thread = `{"kind":"youtube#commentThread","id":"${id}","snippet":{"channelId":"${CHANNEL}","videoId":"${video}","topLevelComment":${comment(draft, id, video)},"totalReplyCount":${count}}`;
  return count ? `${thread},"replies":{"comments":[${replies}]}}` : `${thread}}`;
}

function comment(draft: Draft, id: string, video: string, parent?: string): string {
  const [published, updated] = times(draft);
  const author = draft.fate === "missing field" ? "" : `"authorDisplayName":"@${handle(draft.author)}",`;
  const answer = parent ? `"parentId":"${parent}",` : "";
  return `{"kind":"youtube#comment","id":"${id}","snippet":{"videoId":"${video}","textOriginal":${JSON.stringify(draft.text)},${answer}${author}"likeCount":${draft.score},"publishedAt":"${published}","updatedAt":"${updated}"}}`;
}

function times(draft: Draft): [published: string, updated: string] {
  const moment = isoSeconds(draft.moment);
  switch (draft.fate) {
    case "unreadable date":
      return ["a while ago", moment];
    case "date in 1970":
      return ["1970-01-01T00:00:00Z", moment];
    case "date in the future":
      return [`2099${moment.slice(4)}`, `2099${moment.slice(4)}`];
    default:
      return [moment, draft.editedAt === undefined ? moment : isoSeconds(draft.editedAt)];
  }
}

/** A thread of a page after its comment was edited; undefined if it is not whole. */
export function editYoutube(thread: Thread, moment: number): Thread | undefined {
  const { snippet } = thread.snippet.topLevelComment;
  if (!snippet.authorDisplayName || !snippet.textOriginal.trim() || !snippet.publishedAt.startsWith("202"))
    return undefined;
  snippet.textOriginal += " Edit: see my newer comment.";
  snippet.updatedAt = isoSeconds(moment);
  return thread;
}

interface Thread {
  snippet: {
    topLevelComment: {
      snippet: { textOriginal: string; authorDisplayName?: string; publishedAt: string; updatedAt: string };
    };
  };
}

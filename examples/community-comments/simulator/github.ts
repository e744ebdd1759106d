/** GitHub: issue comments of the community's repositories, page by page as the REST API serves them, least recently updated first. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isoSeconds } from "./calendar.ts";
import type { Draft, Order } from "./comment.ts";
import { createFile } from "./landing-file.ts";
import { type Page, type Paging, writePages } from "./pages.ts";
import { handle } from "./people.ts";

const REPOSITORIES = ["millpond/gauge", "millpond/gauge", "millpond/gatekeeper"];
const API = "https://api.github.com/repos";
const ASSOCIATIONS = ["NONE", "CONTRIBUTOR", "MEMBER", "OWNER"];
const FIRST_ID = 2_900_000_000;

export function writeGithub(order: Order): AsyncGenerator<void> {
  const { folder, late } = order;
  const landing = join(folder, "github");
  let pages = late ? readdirSync(landing).filter((name) => /^page-\d+\.json$/.test(name)).length : 0;
  const paging: Paging = {
    source: "github",
    alphabet: "unicode",
    defects: ["blank", "unreadable date", "date in 1970", "date in the future", "missing field"],
    turns: ["duplicate", "edited later", "edited before", "whitespace"],
    most: 8_000,
    open(page, perPage) {
      // The API goes on where it stood: the last page fills up before there is a next one.
      const filled = late && page === 1 ? filledPage(landing, pages, perPage) : undefined;
      return filled ?? newPage(landing, ++pages);
    },
    render,
  };
  return writePages(order, paging);
}

const pathOf = (landing: string, page: number): string =>
  join(landing, `page-${String(page).padStart(5, "0")}.json`);

const newPage = (landing: string, page: number): Page => ({
  file: createFile(pathOf(landing, page)),
  head: "[\n",
  separator: ",\n",
  tail: "\n]\n",
});

/** The last page, opened to be filled; undefined if it is full. */
function filledPage(landing: string, page: number, perPage: number): Page | undefined {
  const path = pathOf(landing, page);
  const before = readFileSync(path, "utf8").replace(/\n\]\n$/, "");
  const room = perPage - before.split(",\n").length;
  if (room <= 0) return undefined;
  return { file: createFile(path), head: `${before},\n`, separator: ",\n", tail: "\n]\n", room };
}

function render(draft: Draft): string {
  const number = FIRST_ID + draft.number * 3;
  const issue = 1 + (draft.number >> 3);
  const repository = REPOSITORIES[issue % 3] as string;
  const id = draft.fate === "missing field" ? "null" : String(number);
  // The accounts of people who left are gone: the API then says null.
  const user =
    draft.author % 97 === 96
      ? "null"
      : `{"login":"${handle(draft.author).replace("_", "-")}","id":${1_000_000 + draft.author},"type":"User","site_admin":false}`;
  const [created, updated] = times(draft);
  return (
    `{"html_url":"https://github.com/${repository}/issues/${issue}#issuecomment-${number}",` +
    `"issue_url":"${API}/${repository}/issues/${issue}","id":${id},"user":${user},"created_at":"${created}","updated_at":"${updated}",` +
    `"author_association":"${ASSOCIATIONS[draft.author % 4]}","body":${JSON.stringify(draft.text)},"reactions":{"total_count":${draft.score >> 2},"+1":${draft.score >> 2}}}`
  );
}

function times(draft: Draft): [created: string, updated: string] {
  const moment = isoSeconds(draft.moment);
  switch (draft.fate) {
    case "unreadable date":
      return ["0000-00-00T00:00:00Z", moment];
    case "date in 1970":
      return ["1970-01-01T00:00:00Z", moment];
    case "date in the future":
      return [`2099${moment.slice(4)}`, `2099${moment.slice(4)}`];
    default:
      return [moment, draft.editedAt === undefined ? moment : isoSeconds(draft.editedAt)];
  }
}

/** A comment of a page after it was edited; undefined if it is not whole. */
export function editGithub(comment: Comment, moment: number): Comment | undefined {
  if (comment.id === null || !comment.body.trim() || !comment.created_at.startsWith("202")) return undefined;
  comment.body += "\n\n**Edit:** fixed by the release of today.";
  comment.updated_at = isoSeconds(moment);
  return comment;
}

interface Comment {
  id: number | null;
  body: string;
  created_at: string;
  updated_at: string;
}

/**
 * LinkedIn: `Comments.csv` as the data export writes it. Two generations of it: an older archive in
 * Latin-1 with semicolons and British dates, and today's in UTF-8, now and then with a byte order mark,
 * whose text column is called "Message" first and "Comment" from the middle of the files on.
 */
import { join } from "node:path";
import { britishMinutes, plainSeconds } from "./calendar.ts";
import type { Draft, Order } from "./comment.ts";
import type { Defect, Turn } from "./dirt.ts";
import { createFile } from "./landing-file.ts";
import { type Paging, recordsPerPage, writePages } from "./pages.ts";
import { fullName } from "./people.ts";

const DEFECTS: readonly Defect[] = [
  "blank",
  "unreadable date",
  "date in 1970",
  "date in the future",
  "missing field",
  "broken line",
];
// The export knows neither edits nor deletions.
const TURNS: readonly Turn[] = ["duplicate", "whitespace"];
const MOST = 20_000;
const BYTE_ORDER_MARK = "\uFEFF";

export function writeLinkedin(order: Order): AsyncGenerator<void> {
  const { folder, late, comments } = order;
  const pages = Math.ceil(comments / recordsPerPage(comments, MOST));
  const paging: Paging = {
    source: "linkedin",
    alphabet: "unicode",
    defects: DEFECTS,
    turns: TURNS,
    most: MOST,
    open(page) {
      const column = late || page > pages / 2 ? "Comment" : "Message";
      return {
        file: createFile(
          join(folder, "linkedin", `Comments_${late ? "late_" : ""}${String(page).padStart(3, "0")}.csv`),
        ),
        head: `${page % 3 === 0 ? BYTE_ORDER_MARK : ""}Date,Link,${column},Commenter\r\n`,
        separator: "\r\n",
        tail: "\r\n",
      };
    },
    render: (draft) => line(draft, ",", plainSeconds),
  };
  return writePages(order, paging);
}

export function writeLinkedinArchive(order: Order): AsyncGenerator<void> {
  const { folder, late } = order;
  const paging: Paging = {
    source: "linkedin_archive",
    alphabet: "latin-1",
    defects: DEFECTS,
    turns: TURNS,
    most: MOST,
    open: (page) => ({
      file: createFile(
        join(
          folder,
          "linkedin-archive",
          `Comments-${late ? "late-" : ""}${String(page).padStart(3, "0")}.csv`,
        ),
        "latin-1",
      ),
      head: "Date;Link;Message;Commenter\r\n",
      separator: "\r\n",
      tail: "\r\n",
    }),
    render: (draft) => line(draft, ";", britishMinutes),
  };
  return writePages(order, paging);
}

function line(draft: Draft, delimiter: string, show: (moment: number) => string): string {
  const activity = urn("72", draft.number >> 4);
  const comment = urn(delimiter === ";" ? "71" : "73", draft.number * 5);
  const link =
    draft.fate === "missing field"
      ? ""
      : `https://www.linkedin.com/feed/update/urn:li:activity:${activity}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A${activity}%2C${comment}%29`;
  const fields = [dateOf(draft, show), link, field(draft.text), fullName(draft.author)];
  // Cut off before the text, or with a field too many: wrong, and yet no danger to the lines around it.
  if (draft.fate === "broken line")
    return draft.number % 2
      ? `${fields[0]}${delimiter}https://www.lin`
      : [...fields, "1", "reaction"].join(delimiter);
  return fields.join(delimiter);
}

/** LinkedIn's numbers have nineteen digits. */
const urn = (head: string, number: number): string => `${head}5${String(number).padStart(16, "0")}`;

/** Text as a quoted field. All of it is quoted, as in the export, so that either delimiter may occur. */
const field = (text: string): string => `"${text.replaceAll('"', '""').replaceAll("\n", "\r\n")}"`;

function dateOf(draft: Draft, show: (moment: number) => string): string {
  switch (draft.fate) {
    case "unreadable date":
      return "Thursday";
    case "date in 1970":
      return show(0);
    case "date in the future":
      return show(draft.moment + 73 * 365 * 86_400_000);
    default:
      return show(draft.moment);
  }
}

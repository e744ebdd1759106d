import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, generator, type GeneratorContext, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

/** Records of one batch at most: a page may be large, what is in flight should not be. */
const BATCH = 2_000;

/** How far the last run got: the page, counted from 1, and how many of its comments were read. */
interface Cursor {
  readonly page: number;
  readonly read: number;
}

/**
 * Comments after the cursor, page by page until there is no next one. The last page is opened again,
 * since comments are appended to it until it is full; what was read of it is skipped.
 *
 * In production this asks the API instead of a folder:
 * `fetch("https://api.github.com/repos/millpond/gauge/issues/comments?sort=updated&direction=asc&per_page=100")`,
 * then the address that the answer's `Link` header calls `rel="next"`; the cursor is that address.
 */
async function* comments({ cursor, directory, signal }: GeneratorContext): AsyncGenerator<Batch> {
  let { page, read } = (cursor as Cursor | undefined) ?? { page: 1, read: 0 };
  for (;;) {
    const records = await pageAt(directory, page, signal);
    if (!records) return;
    for (; read < records.length; read += BATCH) {
      const batch = records.slice(read, read + BATCH);
      yield { records: batch, cursor: { page, read: read + batch.length } satisfies Cursor };
    }
    page++;
    read = 0;
  }
}

/** The comments of one page; undefined if it does not exist (yet). */
async function pageAt(directory: string, page: number, signal: AbortSignal): Promise<unknown[] | undefined> {
  const path = join(directory, "landing/github", `page-${String(page).padStart(5, "0")}.json`);
  try {
    return JSON.parse(await readFile(path, { encoding: "utf8", signal })) as unknown[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export default source({
  description:
    "Comments on issues and pull requests of the community's repositories, least recently updated first",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: generator(comments),
  columns: {
    id: t.integer().min(1),
    author: t
      .text()
      .nullable()
      .from("user.login")
      .tag("pii.username")
      .describe("Missing once the account is gone"),
    body: t.text().minLength(1).tag("pii.free_text"),
    created_at: moment(),
    updated_at: moment(),
    issue_url: t.text().pattern(/https:\/\/api\.github\.com\/repos\/.+/),
    url: t.text().nullable().from("html_url"),
    reactions: t.integer().from("reactions.total_count").min(0),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  freshness: { warn: "1d", stop: "3d" },
});

/** The SQL models of the example, over rows such as its sources bring. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quoteText } from "../../../src/sql/quote.ts";
import { shape, type TableShape } from "../tables.ts";
import type { NamedQuery } from "./read-queries.ts";

const models = join(import.meta.dirname, "../../../examples/community-comments/models");

/** Every SQL model of the example, by its dataset. */
export function exampleModels(): NamedQuery[] {
  return globSync("**/*.sql", { cwd: models })
    .toSorted()
    .map((path) => ({
      name: path.replace(/\.sql$/, "").replace("/", "."),
      sql: readFileSync(join(models, path), "utf8"),
    }));
}

/** Values that mean something to the models, by column. */
const pools: Readonly<Record<string, readonly string[]>> = {
  body: [
    "Hello!",
    "hello",
    "thanks a lot",
    "a &lt; b &amp; c",
    "[deleted]",
    " \n",
    "me@example.com wrote",
    "x".repeat(130),
    "line\r\nline",
  ],
  content: ["<p>Hello</p><p>you</p>", "one<br />two", "&lt;b&gt; &amp;amp;", "<p></p>", "plain"],
  subtype: ["message_deleted", "tombstone", "bot_message"],
  ts: ["1700000000.000100", "1700000001.000100", "1700000002.000100"],
  deleted_ts: ["1700000000.000100", "1700000001.000100", "1700000002.000100"],
  channel: ["C1", "C2"],
  network: ["slack", "github"],
  id: ["1", "2", "3"],
  wording: ["hello", "thanks a lot", "see you"],
  author: ["ann", "bob", "[deleted]"],
  edited: ["false", "1700000000.5", "1700009999"],
  link: [
    "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity:71?commentUrn=x%2C72%29",
    "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity:81?commentUrn=x%2C82%29",
    "https://www.linkedin.com/feed/update/other",
  ],
  issue_url: ["https://api.github.com/repos/a/b/issues/1", "https://api.github.com/repos/c/d/issues/2"],
  tags: ['[{"name":"sql"}]', '[{"name":"data"},{"name":"sql"}]', "[]"],
};

const slackReactions = ['[{"name":"up","count":2}]', '[{"count":1},{"count":3}]', "[]"];

const reply = (id: string, body: string, at: string): string =>
  `{"id":"${id}","snippet":{"authorDisplayName":"ann","textOriginal":"${body}","likeCount":2,"publishedAt":"${at}","updatedAt":"2024-01-03T00:00:00"}}`;
const replies = [
  `[${reply("r1", "yes", "2024-01-02T00:00:00")}]`,
  `[${reply("r2", "no", "2024-01-03T00:00:00")},${reply("r3", "", "2024-01-03T00:00:00")}]`,
  `[${reply("r4", "when", "never")}]`,
  "[]",
];

const withPools = (table: TableShape): TableShape => ({
  name: table.name,
  columns: table.columns.map((column) => {
    if (column.type !== "VARCHAR") return column;
    const pool = poolOf(column.name);
    return pool === undefined ? column : { ...column, pool: pool.map(quoteText) };
  }),
});

function poolOf(column: string): readonly string[] | undefined {
  if (column === "replies") return replies;
  if (column === "reactions") return slackReactions;
  return pools[column];
}

const comment =
  "network VARCHAR, id VARCHAR, author VARCHAR, body VARCHAR, posted_at TIMESTAMP, edited_at TIMESTAMP, channel VARCHAR, score BIGINT";

/** What the models read, each with the columns that its contract or its query gives it. */
export const exampleDatasets: readonly TableShape[] = [
  shape(
    "raw.slack",
    "ts VARCHAR, channel VARCHAR, author VARCHAR, body VARCHAR, posted_at TIMESTAMP, edited_at TIMESTAMP, subtype VARCHAR, deleted_ts VARCHAR, thread_ts VARCHAR, reactions VARCHAR",
  ),
  shape(
    "raw.youtube",
    "id VARCHAR, video_id VARCHAR, author VARCHAR, body VARCHAR, likes BIGINT, published_at TIMESTAMP, updated_at TIMESTAMP, replies VARCHAR",
  ),
  shape(
    "raw.mastodon",
    "id VARCHAR, author VARCHAR, content VARCHAR, created_at TIMESTAMP, edited_at TIMESTAMP, visibility VARCHAR, language VARCHAR, favourites BIGINT, tags VARCHAR, url VARCHAR",
  ),
  shape(
    "raw.reddit",
    "id VARCHAR, author VARCHAR, body VARCHAR, created_at TIMESTAMP, edited VARCHAR, score BIGINT, subreddit VARCHAR, permalink VARCHAR",
  ),
  shape(
    "raw.github",
    "id BIGINT, author VARCHAR, body VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP, issue_url VARCHAR, url VARCHAR, reactions BIGINT",
  ),
  shape("raw.linkedin", "link VARCHAR, author VARCHAR, body VARCHAR, posted_at TIMESTAMP"),
  shape("raw.linkedin_archive", "link VARCHAR, author VARCHAR, body VARCHAR, posted_at TIMESTAMP"),
  ...["slack", "youtube", "mastodon", "reddit", "github", "linkedin"].map((network) =>
    shape(`staging.${network}`, comment),
  ),
  shape("community.comments", comment),
  shape("staging.wordings", "network VARCHAR, week DATE, wording VARCHAR, words BIGINT, times BIGINT"),
].map(withPools);

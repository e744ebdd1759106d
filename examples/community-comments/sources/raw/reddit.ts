import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

export default source({
  description: "Comments of the community's subreddits, listings of Reddit's API",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: files("landing/reddit/*.json", { records: "$.data.children[*].data" }),
  columns: {
    id: t.text().pattern(/[a-z0-9]+/),
    author: t.text().tag("pii.username").describe("`[deleted]` once the account or the comment is gone"),
    body: t.text().minLength(1).tag("pii.free_text").describe("`[deleted]` or `[removed]` once taken back"),
    created_at: moment().from("created_utc").format("epoch_s"),
    // Reddit says false, or a time: two types in one field, which the staging model takes apart.
    edited: t
      .text()
      .nullable()
      .pattern(/false|\d+(\.\d+)?/),
    score: t.integer(),
    subreddit: t.text(),
    permalink: t.text().nullable(),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  freshness: { warn: "2d", stop: "7d" },
});

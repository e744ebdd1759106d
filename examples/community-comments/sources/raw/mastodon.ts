import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

export default source({
  description: "Statuses under the community's hashtags, one a line, some files compressed",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: files(["landing/mastodon/*.ndjson", "landing/mastodon/*.ndjson.gz"]),
  columns: {
    id: t.text().pattern(/\d+/),
    author: t.text().from("account.acct").tag("pii.username"),
    content: t.text().minLength(1).tag("pii.free_text").describe("HTML"),
    created_at: moment(),
    edited_at: moment().nullable(),
    visibility: t.text().oneOf("public", "unlisted"),
    language: t.text().nullable().maxLength(8),
    favourites: t.integer().from("favourites_count").min(0),
    tags: t.json().nullable(),
    url: t.text().nullable(),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  freshness: { warn: "2d", stop: "7d" },
});

import { files, source, t } from "sluice";
import { moment } from "../../contracts/moment.ts";

/** One row per thread; the replies of a thread stay inside their row, for `staging.youtube` to unfold. */
export default source({
  description: "Comment threads under the community's videos, pages of YouTube's Data API",
  owner: "community-team",
  story: "every-comment-in-one-place",
  from: files("landing/youtube/*.json", { records: "$.items[*]" }),
  columns: {
    id: t.text().from("snippet.topLevelComment.id").minLength(10),
    video_id: t.text().from("snippet.videoId"),
    author: t.text().from("snippet.topLevelComment.snippet.authorDisplayName").tag("pii.username"),
    body: t.text().from("snippet.topLevelComment.snippet.textOriginal").minLength(1).tag("pii.free_text"),
    likes: t.integer().from("snippet.topLevelComment.snippet.likeCount").min(0),
    published_at: moment().from("snippet.topLevelComment.snippet.publishedAt"),
    updated_at: moment().from("snippet.topLevelComment.snippet.updatedAt"),
    replies: t.json().nullable().from("replies.comments").tag("pii.username", "pii.free_text"),
  },
  quarantine: { warn: 0.02, stop: 0.05 },
  freshness: { warn: "2d", stop: "7d" },
});

import { consumer } from "sluice";

/** Reads `community.comments`, which is a SQL model: named, not imported. */
export default consumer({
  description: "Lists new and edited comments for the moderators, whatever network they were made on",
  owner: "trust-team",
  type: "application",
  reads: [
    {
      dataset: "community.comments",
      columns: ["network", "id", "author", "body", "posted_at", "edited_at", "channel"],
    },
  ],
  freshness: { warn: "6h", stop: "2d" },
  story: "every-comment-in-one-place",
});

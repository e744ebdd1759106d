import { consumer } from "sluice";
import reddit from "../sources/raw/reddit.ts";

/**
 * Reads what arrived, not what the models make of it. It names its columns: the others may change without
 * touching it.
 */
export default consumer({
  description: "Shows a moderator what was really written on Reddit, when somebody appeals",
  owner: "trust-team",
  type: "application",
  reads: [{ dataset: reddit, columns: ["id", "author", "body", "permalink"] }],
  freshness: { warn: "2d" },
  story: "every-comment-in-one-place",
});

import { consumer } from "sluice";
import commonPhrases from "../models/community/common_phrases.ts";

export default consumer({
  description: "Shows on Mondays what the community said most last week, network by network",
  owner: "community-team",
  type: "dashboard",
  reads: [
    "community.common_comments",
    { dataset: commonPhrases, columns: ["network", "week", "phrase", "times", "place"] },
  ],
  freshness: { warn: "2d", stop: "7d" },
  story: "most-common-comments",
});

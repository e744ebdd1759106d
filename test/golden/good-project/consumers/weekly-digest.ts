import { consumer } from "sluice";
import scores from "../models/community/scores.ts";

export default consumer({
  type: "report",
  owner: "community-team",
  reads: ["community.phrases", scores],
  freshness: { warn: "1d" },
  story: "most-common",
});

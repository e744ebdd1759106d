import { consumer, dataset } from "sluice";
import comments from "../sources/raw/comments.ts";

export default consumer({
  type: "dashboard",
  reads: [
    { dataset: comments, columns: ["id", "two words"] },
    { dataset: "raw.comments", columns: ["network"] },
    { dataset: dataset("community.kinds"), columns: ["TRUTH" as "truth", "map"] },
    { dataset: "community.comments", columns: ["id"] },
    "community.comments",
  ],
});

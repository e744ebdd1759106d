import { consumer, dataset } from "sluice";
import comments from "../sources/raw/comments.ts";

export default consumer({
  type: "report",
  reads: [
    // What the digest shows: "phrase", and how often.
    { dataset: dataset("community.phrases"), columns: ["Phrase", "time"] },
    { dataset: comments, columns: ["id", "bdy" as "body"] },
    { dataset: "community.phrasses", columns: ["phrase"] },
    { dataset: "community.broken", columns: ["anything"] },
    comments,
  ],
});

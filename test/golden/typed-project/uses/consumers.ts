import { consumer, dataset } from "sluice";
import comments from "../sources/raw/comments.ts";
import { query, rows } from "./models.ts";

export default consumer({
  type: "dashboard",
  reads: [
    comments,
    rows,
    "community.comments",
    dataset("raw.comments"),
    { dataset: comments, columns: ["id", "two words"] },
    { dataset: "community.comments", columns: ["body"] },
    { dataset: dataset("community.comments"), columns: ["posted_at"] },
    { dataset: rows, columns: ["length"] },
    { dataset: query, columns: ["id"] },
  ],
});

consumer({
  type: "dashboard",
  reads: [
    // @ts-expect-error there is no such dataset
    "community.commments",
  ],
});

consumer({
  type: "dashboard",
  reads: [
    {
      dataset: comments,
      // @ts-expect-error the source has no such column
      columns: ["id", "bodyy"],
    },
  ],
});

consumer({
  type: "dashboard",
  reads: [
    {
      dataset: "community.comments",
      // @ts-expect-error the model has no such column
      columns: ["author"],
    },
  ],
});

consumer({
  type: "dashboard",
  // @ts-expect-error there is no such setting
  reads: [{ dataset: comments, column: ["id"] }],
});

consumer({
  type: "dashboard",
  reads: [
    {
      dataset: rows,
      // @ts-expect-error the model declares no such column
      columns: ["size"],
    },
  ],
});

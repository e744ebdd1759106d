import { model, t } from "sluice";
import comments from "../../sources/raw/comments.ts";
import members from "../../sources/raw/members.ts";

export default model({
  inputs: { comments, members },
  columns: { id: t.text().key(), score: t.number() },
  async *rows({ comments }) {
    for await (const comment of comments) yield { id: comment.id, score: comment.body.length };
  },
});

import { model, sql } from "sluice";
import comments from "../../sources/raw/comments.ts";

export default model({
  inputs: { comments },
  query: ({ comments }) => sql`select ${comments.id}, bodyy from ${comments}`,
});

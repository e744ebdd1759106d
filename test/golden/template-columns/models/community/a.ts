import { model, sql } from "sluice";
import comments from "../../sources/raw/comments.ts";

const alive = sql`is not null`;

export default model({
  inputs: { comments },
  query: ({ comments }) => sql`
    select ${comments.id}, lower(${(comments as never)["boddy"]}) as phrase
    from ${comments}
    where ${comments.author} ${alive}
  `,
});

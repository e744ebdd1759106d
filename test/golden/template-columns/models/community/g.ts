import { model, sql } from "sluice";
import comments from "../../sources/raw/comments.ts";

const trimmed = (column: unknown) => sql`trim(${column})`;

/** As after a column of the source was renamed: each use is told. */
export default model({
  inputs: { comments },
  query: ({ comments: c }) => {
    const { text } = c as never;
    return sql`
      select ${c.id}, ${text} as text, ${trimmed(text)} as short, max(${c["boddy" as "body"]}) as longest
      from ${c}
      where ${text} <> '' and ${c["boddy" as "body"]} is not null
      group by all
    `;
  },
});

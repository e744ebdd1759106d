import { dataset, model, sql, t } from "sluice";
import { fewest } from "../../lib/limits.ts";

const counted = sql`count(*)`;

export default model({
  description: "How often each phrase was said",
  inputs: { comments: dataset("community.comments") },
  columns: { phrase: t.text().key(), times: t.integer().min(fewest) },
  query: ({ comments }) => sql`
    select lower(${comments.body}) as phrase, ${counted} as times
    from ${comments}
    where ${comments.author} <> ${"o'neil"} and ${comments.posted_at} < $run_time
    group by all
    having times >= ${fewest}
    order by times desc
  `,
});

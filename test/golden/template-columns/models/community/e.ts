import { model, sql } from "sluice";

export default model({
  inputs: { comments: { kind: "source" } as never },
  query: () => sql`select 1 as one`,
});

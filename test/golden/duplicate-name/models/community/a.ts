import { model, sql } from "sluice";

export default model({ query: () => sql`select 1 as one` });

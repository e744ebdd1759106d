import { model, sql } from "sluice";
import { limit } from "../../lib/limit.ts";

export default model({ query: () => sql`select ${limit} as one` });

import l from "./l.ts";
import { model, sql } from "sluice";

export default model({ inputs: { l }, query: ({ l }) => sql`select * from ${l}` });

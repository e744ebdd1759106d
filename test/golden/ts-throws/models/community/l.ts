import m from "./m.ts";
import { model, sql } from "sluice";

export default model({ inputs: { m }, query: ({ m }) => sql`select * from ${m}` });

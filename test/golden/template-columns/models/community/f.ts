import { model, sql } from "sluice";

export default model({ query: () => sql`select now() as moment, ${"x"} as x` });

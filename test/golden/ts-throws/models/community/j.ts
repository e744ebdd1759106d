import { model, sql } from "sluice";

export default model({
  query: () => {
    const nothing = undefined as unknown as { length: number };
    return sql`select ${nothing.length} as n`;
  },
});

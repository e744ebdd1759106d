import { model, sql } from "sluice";

const one: number = 1;
const one: number = 2;

export default model({ query: () => sql`select ${one} as one` });

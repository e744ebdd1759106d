import { dataset, model, sql } from "sluice";

export default model({
  inputs: { coments: dataset("raw.coments") },
  query: ({ coments }) => sql`select ${coments.id} from ${coments}`,
});

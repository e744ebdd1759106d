import { model, sql, t } from "sluice";
import comments from "../../sources/raw/comments.ts";

export default model({
  inputs: { comments },
  columns: { id: t.integer() },
  query: ({ comments }) => sql`select ${comments.id} from ${comments}`,
});

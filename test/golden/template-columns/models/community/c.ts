import { model, sql } from "sluice";
import comments from "../../sources/raw/comments.ts";

export default model({
  inputs: { comments },
  query: () => sql`select ${comments.columns.id} from ${comments}`,
});

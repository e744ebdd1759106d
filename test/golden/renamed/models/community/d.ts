import { model, sql } from "sluice";
import comments from "../../sources/raw/comments.ts";

export default model({
  renamedFrom: "phrases",
  inputs: { comments },
  query: ({ comments }) => sql`select ${comments.id} from ${comments}`,
});

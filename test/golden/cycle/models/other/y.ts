import { dataset, model, t } from "sluice";

export default model({
  inputs: { x: dataset("other.x") },
  columns: { id: t.text() },
  async *rows({ x }) {
    for await (const row of x) yield { id: String(row["id"]) };
  },
});

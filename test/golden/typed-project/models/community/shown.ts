import { dataset, model, t } from "sluice";
import comments from "../../sources/raw/comments.ts";

/** A value as TypeScript writes it, whatever it is. */
function written(value: unknown): string {
  if (value instanceof Uint8Array) return `new Uint8Array([${[...value].join()}])`;
  if (value instanceof Date) return "new Date()";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return value === undefined ? "undefined" : JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${written(inner)}`).join(", ")} }`;
}

/** The rows of the other datasets, as they really are when a model reads them. */
export default model({
  inputs: { comments, kinds: dataset("community.kinds") },
  columns: { name: t.text(), row: t.text() },
  async *rows({ comments, kinds }) {
    for await (const row of comments) yield { name: "raw.comments", row: written(row) };
    for await (const row of kinds) yield { name: "community.kinds", row: written(row) };
  },
});

import type { DatasetNode } from "../graph/graph.ts";

/** What a dataset is, in a word: `source`, `model`, or, of a model that is not stored, `view`. */
export function kindWord(node: DatasetNode): "source" | "model" | "view" {
  return node.kind === "model" && node.materialized?.kind === "view" ? "view" : node.kind;
}

/** How a model's content is kept, by the name of its kind; null for a source. */
export function keptAs(node: DatasetNode): string | null {
  return node.kind === "model" ? (node.materialized?.kind ?? "full") : null;
}

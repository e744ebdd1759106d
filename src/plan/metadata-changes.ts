import type { DatasetNode } from "../graph/graph.ts";

/** What is said about a dataset that neither data nor checks hang on. */
const said = ["description", "owner", "tags", "story", "freshness", "path"] as const;

/** Which settings of a dataset say something else than before, of those that change neither data nor checks. */
export function metadataChanges(before: DatasetNode, after: DatasetNode): string[] {
  const changed: string[] = said.filter((name) => !sameText(valueOf(before, name), valueOf(after, name)));
  if (!sameText(wordsOf(before), wordsOf(after))) changed.push("columns");
  return changed;
}

function valueOf(node: DatasetNode, name: (typeof said)[number]): unknown {
  return name === "freshness" ? (node.kind === "source" ? node.freshness : undefined) : node[name];
}

const wordsOf = (node: DatasetNode): unknown =>
  node.columns.map(({ name, declared }) => [name, declared?.description, declared?.tags, declared?.unit]);

const sameText = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

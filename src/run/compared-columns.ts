import type { ColumnComparison } from "../executor/executor.ts";
import { columnsRead } from "../graph/column-walks.ts";
import type { DatasetId, DatasetNode, Graph, ModelNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";

/**
 * What of a candidate is worth comparing with the version before: the columns read by models that do not read
 * all of them, or by views, of which others may read some. Where such a column is unchanged, they need not be built
 * again. None where nobody reads only some. `sharesFiles`: the candidate has files of the version before. Models that
 * read file by file look at the others only then, which costs less than to compare all.
 */
export function comparedColumns(
  graph: Graph,
  node: DatasetNode,
  current: Version | undefined,
  sharesFiles: boolean,
): ColumnComparison | undefined {
  if (current === undefined) return undefined;
  const columns = new Set<string>();
  for (const reader of readers(graph).get(node.id) ?? []) {
    if (sharesFiles && readsByFile(reader, node.id)) continue;
    const read = columnsRead(reader)?.get(node.id);
    const isView = reader.materialized?.kind === "view";
    if (read === undefined || (read.size === node.columns.length && !isView)) continue;
    for (const column of read) columns.add(column);
  }
  if (columns.size === 0) return undefined;
  return { content: current.contentHash, columns: [...columns], by: matchedBy(node) };
}

/** Whether of an input's versions a model reads only the files that are new. */
function readsByFile({ materialized }: ModelNode, input: DatasetId): boolean {
  switch (materialized?.kind) {
    case "append":
    case "upsert":
      return materialized.over === input;
    case "interval":
      return Object.hasOwn(materialized.times, input);
    default:
      return false;
  }
}

/** The order of a model's rows means something only where it says `order by`; that of a source is its delivery's. */
function matchedBy(node: DatasetNode): readonly string[] {
  if (node.kind === "source" || (node.by.kind === "sql" && node.by.ordered)) return [];
  return node.columns.filter((column) => column.declared?.key === true).map(({ name }) => name);
}

const indexes = new WeakMap<Graph, ReadonlyMap<DatasetId, readonly ModelNode[]>>();

/** The models that read each dataset; made once for a graph. */
function readers(graph: Graph): ReadonlyMap<DatasetId, readonly ModelNode[]> {
  const known = indexes.get(graph);
  if (known !== undefined) return known;
  const made = new Map<DatasetId, ModelNode[]>();
  for (const node of graph.datasets) {
    if (node.kind === "source") continue;
    for (const input of node.inputs) {
      const list = made.get(input);
      if (list === undefined) made.set(input, [node]);
      else list.push(node);
    }
  }
  indexes.set(graph, made);
  return made;
}

/**
 * Classes of data along lineage: which kinds of personal or restricted data a dataset may hold. This room
 * decides; it never masks, deletes or asks anyone. Until lineage is proven by column, a dataset that reads
 * a class is taken to hold it, unless the definition of the column it lands in says otherwise.
 */
import type { DatasetId, Graph } from "../graph/graph.ts";

/** One class a dataset may hold, and the columns of sources it comes from. */
export interface HeldClass {
  /** A tag of a column, such as `pii.email`. */
  readonly class: string;
  /** `schema.dataset.column`, sorted. */
  readonly from: readonly string[];
  /** Whether a column of the dataset itself carries the tag, or it is only inherited. */
  readonly declared: boolean;
}

/** For every dataset, the classes that its columns declare or that reach it through its inputs. */
export function classesOf(graph: Graph): ReadonlyMap<DatasetId, readonly HeldClass[]> {
  const origins = new Map<DatasetId, Map<string, Set<string>>>();
  const result = new Map<DatasetId, readonly HeldClass[]>();
  for (const node of graph.datasets) {
    const held = new Map<string, Set<string>>();
    for (const input of node.inputs) {
      for (const [name, from] of origins.get(input) ?? [])
        held.set(name, new Set([...(held.get(name) ?? []), ...from]));
    }
    const declared = new Set<string>();
    for (const column of node.columns) {
      for (const tag of column.declared?.tags ?? []) {
        declared.add(tag);
        if (!held.has(tag)) held.set(tag, new Set([`${node.id}.${column.name}`]));
      }
    }
    origins.set(node.id, held);
    result.set(
      node.id,
      [...held]
        .map(([name, from]) => ({ class: name, from: [...from].toSorted(), declared: declared.has(name) }))
        .toSorted((a, b) => (a.class < b.class ? -1 : 1)),
    );
  }
  return result;
}

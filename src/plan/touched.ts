import type { DatasetId, Graph } from "../graph/graph.ts";

/** Whom a change of a dataset touches. */
export interface Touched {
  of(dataset: DatasetId): { readonly consumers: readonly string[]; readonly stories: readonly string[] };
}

/**
 * Consumers that read a dataset, directly or through models, and the stories of those models. Computed
 * for all datasets in one walk from the leaves up; sets are shared where a dataset has one dependent.
 */
export function touched(graph: Graph): Touched {
  const consumers = new Map<DatasetId, Set<string>>();
  const stories = new Map<DatasetId, Set<string>>();
  for (const node of graph.datasets) {
    consumers.set(node.id, new Set());
    stories.set(node.id, new Set(node.story === undefined ? [] : [node.story]));
  }
  for (const consumer of graph.consumers) {
    for (const dataset of consumer.reads) {
      consumers.get(dataset)?.add(consumer.name);
      if (consumer.story !== undefined) stories.get(dataset)?.add(consumer.story);
    }
  }
  for (const node of graph.datasets.toReversed()) {
    for (const input of node.inputs) {
      merge(consumers.get(input), consumers.get(node.id));
      merge(stories.get(input), stories.get(node.id));
    }
  }
  return {
    of: (dataset) => ({
      consumers: [...(consumers.get(dataset) ?? [])].toSorted(),
      stories: [...(stories.get(dataset) ?? [])].toSorted(),
    }),
  };
}

function merge(into: Set<string> | undefined, from: ReadonlySet<string> | undefined): void {
  for (const name of from ?? []) into?.add(name);
}

import type { DatasetId } from "../graph/graph.ts";
import type { Dataset } from "./dataset.ts";

/**
 * As how many views one may count, each below it as often as it is read. The engine makes one plan of them all and looks
 * no deeper than 1000 nested queries: that leaves each view some of its own.
 */
const mostViews = 100;

/** Reports views that stand on too many others. `order`: inputs come before what reads them. */
export function judgeViews(order: readonly DatasetId[], datasets: readonly Dataset[]): void {
  const views = new Map(datasets.flatMap((dataset) => (dataset.viewOf ? [[dataset.id, dataset]] : [])));
  const sizes = new Map<DatasetId, number>();
  for (const id of order) {
    const dataset = views.get(id);
    if (dataset === undefined) continue;
    const uses = Object.entries(dataset.viewOf ?? {});
    const below = uses.reduce((sum, [input, times]) => sum + times * (sizes.get(input) ?? 0), 0);
    if (below < mostViews) {
      sizes.set(id, below + 1);
      continue;
    }
    dataset.mistakes.add(
      "bad-setting",
      ["materialized"],
      `${id} stands on ${below} other views, each counted as often as it is read; more than ${mostViews - 1} are too many for one query`,
      { suggestion: 'build it, or one of those below it: remove "materialized"' },
    );
  }
}

import { type Delivered, deliveredAt } from "../flow/freshness.ts";
import type { DatasetId, Graph, SourceNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { currentVersion } from "../plan/decide.ts";
import type { PlanState } from "../plan/plan-state.ts";

/** The sources that a run looks at. */
export function sourcesIn(graph: Graph, { selected }: PlanState): readonly SourceNode[] {
  return graph.datasets.flatMap((node) =>
    node.kind === "source" && (selected === undefined || selected.has(node.id)) ? [node] : [],
  );
}

/** When the newest delivery of each source came that says how old it may get. `made`: the versions a run made good. */
export function sourceAges(
  graph: Graph,
  state: PlanState,
  made: ReadonlyMap<DatasetId, Version>,
): readonly Delivered[] {
  return sourcesIn(graph, state).flatMap(({ id, freshness: limits }) => {
    const version = limits === undefined ? undefined : (made.get(id) ?? currentVersion(id, state));
    return limits === undefined || version === undefined
      ? []
      : [{ dataset: id, version: version.id, limits, at: deliveredAt(version) }];
  });
}

/** The logical time of a run, in milliseconds since 1970. */
export const logicalMoment = ({ parameters }: PlanState): number =>
  Date.parse(`${parameters.run_time.replace(" ", "T")}Z`);

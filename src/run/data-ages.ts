import { type Delivered, deliveredAt } from "../flow/freshness.ts";
import type { DatasetId, Graph, SourceNode } from "../graph/graph.ts";
import { upstream } from "../graph/walks.ts";
import type { Version } from "../graph/version.ts";
import { currentVersion } from "../plan/decide.ts";
import type { PlanState } from "../plan/plan-state.ts";

/** The sources that a run looks at. */
export function sourcesIn(graph: Graph, { selected }: PlanState): readonly SourceNode[] {
  return graph.datasets.flatMap((node) =>
    node.kind === "source" && (selected === undefined || selected.has(node.id)) ? [node] : [],
  );
}

/** What consumers read and say how fresh they need it, of what a run looks at. */
export function awaitedIn(
  graph: Graph,
  { selected }: PlanState,
): readonly { readonly consumer: Graph["consumers"][number]; readonly dataset: DatasetId }[] {
  return graph.consumers.flatMap((consumer) =>
    consumer.freshness === undefined
      ? []
      : consumer.reads
          .filter((id) => selected === undefined || selected.has(id))
          .map((dataset) => ({ consumer, dataset })),
  );
}

/**
 * When the newest delivery came of each source that says how old it may get, and of what each consumer reads that says how
 * fresh it needs it. `made`: the versions a run made good. What is held has an incident, which says from when on it is too
 * old for whom.
 */
export function dataAges(
  graph: Graph,
  state: PlanState,
  made: ReadonlyMap<DatasetId, Version>,
  held: Readonly<Record<DatasetId, unknown>>,
): readonly Delivered[] {
  return [...sourceAges(graph, state, made), ...awaitedAges(graph, state, made, held)];
}

function awaitedAges(
  graph: Graph,
  state: PlanState,
  made: ReadonlyMap<DatasetId, Version>,
  held: Readonly<Record<DatasetId, unknown>>,
): readonly Delivered[] {
  const awaited = awaitedIn(graph, state);
  if (awaited.length === 0) return [];
  const sources = new Set(graph.datasets.flatMap(({ id, kind }) => (kind === "source" ? [id] : [])));
  const versionOf = (id: DatasetId): Version | undefined => made.get(id) ?? currentVersion(id, state);
  return awaited.flatMap(({ consumer, dataset }): Delivered[] => {
    const [version, limits] = [versionOf(dataset), consumer.freshness];
    const above = [...upstream(graph, [dataset])].filter((id) => sources.has(id));
    const times = above.flatMap((id) => {
      const delivered = versionOf(id);
      return delivered === undefined ? [] : [deliveredAt(delivered)];
    });
    if (version === undefined || limits === undefined || times.length === 0 || held[dataset] !== undefined)
      return [];
    const at = times.reduce((a, b) => Math.max(a, b));
    return [{ dataset, version: version.id, limits, at, consumer: consumer.name, sources: new Set(above) }];
  });
}

/** When the newest delivery of each source came that says how old it may get. */
function sourceAges(
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

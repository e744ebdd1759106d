import { personalColumns } from "../govern/personal-columns.ts";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import { type PersonalColumns, shownResults } from "../quality/shown-results.ts";
import type { Verdict } from "../quality/verdict.ts";

const known = new WeakMap<Graph, PersonalColumns>();

/** The personal columns of a project, looked for once. */
export function personalIn(graph: Graph): PersonalColumns {
  const found = known.get(graph) ?? personalColumns(graph);
  known.set(graph, found);
  return found;
}

/**
 * A verdict as it is kept: what a check found of personal data stays with the rows. Whatever tells of a verdict later,
 * a terminal, a hook or a catalogue, has nothing to leave out.
 */
export function shownVerdict<V extends Pick<Verdict, "results">>(
  graph: Graph,
  node: DatasetNode,
  verdict: V,
): V {
  return verdict.results.length === 0
    ? verdict
    : { ...verdict, results: shownResults(verdict.results, node, personalIn(graph)) };
}

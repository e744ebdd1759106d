import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import type { Execution } from "./execute.ts";
import type { Prepared } from "./prepare.ts";

/**
 * Who is held once a run is over: what failed in it and what waits for that, and, of the datasets it left
 * out by selection, those that were held before. What is promoted is held as it is where it comes from. With `all`, one failure holds everything that changed.
 */
export function heldAfter(
  graph: Graph,
  { state }: Prepared,
  execution: Execution,
  run: { readonly at: string; readonly runId: string; readonly all: boolean },
): Readonly<Record<DatasetId, Held>> {
  const held: Record<DatasetId, Held> = {};
  for (const node of graph.datasets) {
    const before = state.held[node.id];
    if (state.selected && !state.selected.has(node.id)) {
      if (before) held[node.id] = before;
      continue;
    }
    const outcome = execution.outcomes.get(node.id);
    const now = outcome ? outcome.held : state.promotion?.offers.get(node.id)?.held;
    if (now)
      held[node.id] = before && sameCause(before, now) ? before : { since: run.at, runId: run.runId, ...now };
  }
  const first = Object.values(held)[0];
  if (run.all && first) {
    for (const [id, outcome] of execution.outcomes) {
      held[id] ??= {
        reason: `published all or nothing: waits for ${first.by}`,
        by: first.by,
        since: run.at,
        runId: run.runId,
        ...(outcome.version ? { candidate: outcome.version.id } : {}),
      };
    }
  }
  return held;
}

const sameCause = (before: Held, now: { readonly by: string; readonly candidate?: string }): boolean =>
  before.by === now.by && before.candidate !== undefined && before.candidate === now.candidate;

import { SluiceError } from "../errors.ts";
import type { Incident } from "../flow/incident.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { Lease } from "../store/store.ts";
import { isStopped } from "./context.ts";
import type { Execution } from "./execute.ts";
import { heldAfter } from "./held-after.ts";
import { observeRun } from "./observe.ts";
import type { Ports } from "./ports.ts";
import type { CompiledProject, Prepared } from "./prepare.ts";
import { nameMisled } from "./trained-on.ts";

/** What a publication says of itself. */
export interface Publishing {
  readonly lease: Lease;
  readonly runId: string;
  readonly who: string;
  readonly why: string;
  /** `good` publishes what passed and holds the rest, `all` publishes everything or nothing. */
  readonly publish: "good" | "all";
  /** For a promotion: what is promoted, such as `dev@12`. */
  readonly promotes?: string | undefined;
  /** For a promotion: the unresolved incidents of where it comes from. */
  readonly brought?: readonly Incident[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Move the pointers to everything good, all at once, and record who is held; or only that, when there is
 * nothing to move and the project says nothing new. Returns the release, or undefined. Errors: `lease-lost`, `base-moved`, `interrupted`.
 */
export async function publish(
  ports: Ports,
  project: CompiledProject,
  prepared: Prepared,
  execution: Execution,
  publishing: Publishing,
): Promise<{ readonly release: number; readonly datasets: readonly DatasetId[] } | undefined> {
  const { lease, runId, who, why, promotes, signal, brought = [] } = publishing;
  if (signal.aborted)
    throw new SluiceError("interrupted", "the run was stopped before it published anything");
  const all = publishing.publish === "all";
  const at = ports.now().toISOString();
  const failed = [...execution.outcomes.values()].some(isStopped);
  const changes = all && failed ? {} : changesOf(execution, prepared.state);
  const held = heldAfter(project.graph, prepared, execution, { at, runId, all });
  const { environment, base } = prepared.state;
  const seen = observeRun(project.graph, prepared, { execution, held, at, who, runId, brought });
  const observation = { ...seen, found: await nameMisled(ports.store, project.graph, seen.found) };
  const restates = prepared.plan.restated && !failed && Object.keys(held).length === 0;
  if (Object.keys(changes).length === 0 && !restates) {
    await ports.store.hold(lease, held, [], observation);
    return undefined;
  }
  const release = await ports.store.publish(lease, {
    environment,
    ...(promotes === undefined ? { kind: "publish" } : { kind: "promote", from: promotes }),
    base,
    at,
    who,
    why,
    runId,
    graphHash: project.graphHash,
    changes,
    measures: Object.entries(changes).flatMap(([dataset, version]) => {
      const measured = execution.measures.get(dataset);
      return measured === undefined || measured.version !== version ? [] : [measured];
    }),
    held,
    events: [],
    observation,
  });
  return { release, datasets: Object.keys(changes) };
}

function changesOf(execution: Execution, state: PlanState): Record<DatasetId, string | null> {
  const changes: Record<DatasetId, string | null> = {};
  for (const [dataset, version] of execution.versions) {
    const earlier = state.renames.get(dataset);
    if (earlier !== undefined) changes[earlier] = null;
    if (earlier !== undefined || state.pointers.get(dataset)?.version !== version.id)
      changes[dataset] = version.id;
  }
  for (const dataset of execution.dropped) changes[dataset] = null;
  return changes;
}

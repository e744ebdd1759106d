import type { DatasetId } from "../graph/graph.ts";
import { isStopped } from "./context.ts";
import type { Outcome, RunSummary } from "./events.ts";
import type { Execution } from "./execute.ts";
import type { Prepared } from "./prepare.ts";

/** What came of a run, for people and programs. */
export function summarise(run: {
  readonly runId: string | null;
  readonly release: number | undefined;
  readonly execution: Execution;
  readonly prepared: Prepared;
  readonly elapsed: number;
}): RunSummary {
  const { execution, prepared } = run;
  const { plan, state } = prepared;
  const of = (outcome: Outcome): DatasetId[] =>
    [...execution.outcomes].filter(([, result]) => result.outcome === outcome).map(([id]) => id);
  const unread = plan.unchanged.flatMap((id) => {
    const pointer = state.pointers.get(id);
    const counts = pointer && state.versions.get(pointer.version)?.counts;
    return counts ? [[id, counts] as const] : [];
  });
  return {
    environment: state.environment,
    runId: run.runId,
    release: run.release ?? null,
    current: run.release ?? state.base,
    built: of("built"),
    reused: [...plan.unchanged, ...of("reused")].toSorted(),
    held: [...execution.outcomes].filter(([, result]) => isStopped(result)).map(([id]) => id),
    failed: of("failed"),
    dropped: execution.dropped,
    rows: Object.fromEntries([...unread, ...execution.rows].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    elapsed: run.elapsed,
  };
}

import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { SluiceError } from "../errors.ts";
import type { PinnedTable, ReadWork, Work, WorkProgress, WorkResult } from "../executor/executor.ts";
import type { RecordCounts } from "../graph/delivery.ts";
import type { Held, Version } from "../graph/version.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { Asked } from "../quality/ask.ts";
import { beforeTable } from "../quality/ask-last.ts";
import type { CheckResult, Verdict } from "../quality/verdict.ts";
import type { Lease } from "../store/store.ts";
import { comparedColumns } from "./compared-columns.ts";
import type { Outcome, PartsBuilt, RunEvent } from "./events.ts";
import { pinVersions } from "./pin-versions.ts";
import type { Ports } from "./ports.ts";

/** What every stage of one run shares. */
export interface Context {
  readonly ports: Ports;
  readonly graph: Graph;
  readonly state: PlanState;
  readonly lease: Lease;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Versions that the run which this one resumes had recorded. */
  readonly already: ReadonlyMap<DatasetId, string>;
  /** The version each dataset stands at, for those who read it: current at first, then what this run made. */
  readonly versions: Map<DatasetId, Version>;
}

/** How one dataset came out of a run. */
export interface StageResult {
  readonly outcome: Outcome;
  /** The version the dataset now stands at; absent where none is good. */
  readonly version?: Version;
  /** Set when the dataset stays at its last good version, or is taken over from where it does. */
  readonly held?: Pick<Held, "reason" | "by" | "candidate"> & Partial<Held>;
  readonly findings: readonly CheckResult[];
  readonly parts?: PartsBuilt;
  /** For sources: the counts of this delivery, and of all the candidate was read from. */
  readonly delivery?: RecordCounts;
  readonly counts?: RecordCounts;
}

/** Whether a dataset had to stay at its last good version in this run. */
export const isStopped = ({ held, version }: StageResult): boolean =>
  held !== undefined && version === undefined;

/** The outcome of a dataset that waits for another one. */
export function heldBy(dataset: DatasetId): StageResult {
  return { outcome: "held", findings: [], held: { reason: `waits for ${dataset}`, by: dataset } };
}

/** Hand a piece of work to the executor; a worker that dies gets one successor. */
export async function perform(context: Context, work: Work): Promise<WorkResult> {
  const { ports, signal, onEvent } = context;
  const attempt = async (id: string): Promise<WorkResult> => {
    const onProgress = (progress: WorkProgress): void =>
      onEvent({ type: "progress", dataset: work.dataset, ...progress });
    return (await ports.executor()).run({ ...work, attempt: id }, { signal, onProgress });
  };
  try {
    return await attempt(work.attempt);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== "worker-died") throw error;
    onEvent({ type: "warning", dataset: work.dataset, message: `${error.message}; trying once more` });
    return await attempt(`${work.attempt}-again`);
  }
}

/** Datasets as they stand in this run, for a worker to read. */
export const pinned = (context: Context, datasets: readonly DatasetId[]): Promise<readonly PinnedTable[]> =>
  pinVersions(
    context.ports.store,
    datasets.map((dataset) => pinnedInput(context, dataset)),
  );

/** The version at which a dataset stands in this run. Errors: `build-failed` where it has none. */
export function pinnedInput(context: Context, dataset: DatasetId): Version {
  const version = context.versions.get(dataset);
  if (version) return version;
  throw new SluiceError("build-failed", `input ${dataset} has no good version yet`, {
    hint: `sluice run --select +${dataset}`,
  });
}

/** The version that a candidate would replace, and what of the two is worth comparing; see `comparedColumns`. */
export function previousOf(
  context: Context,
  node: DatasetNode,
  current: Version | undefined,
  sharesFiles: boolean,
): Pick<ReadWork, "previous" | "comparison"> {
  // Comparing with a view would mean to compute it.
  if (current === undefined || current.query !== undefined) return {};
  const { files, rows, columns } = current;
  const comparison = comparedColumns(context.graph, node, current, sharesFiles);
  return { previous: { files, rows, columns }, ...(comparison === undefined ? {} : { comparison }) };
}

/** The settings every piece of work has. */
export async function workSettings(
  context: Context,
  node: DatasetNode,
  asked: readonly Asked[],
  versionId: string,
): Promise<{
  readonly dataset: DatasetId;
  readonly attempt: string;
  readonly keyPrefix: string;
  readonly questions: readonly Asked["question"][];
  readonly others: readonly PinnedTable[];
}> {
  const questions = asked.map(({ question }) => question);
  const others = new Set(
    questions.flatMap((question) => {
      if (question.ask === "missing") return [question.table];
      const others = question.ask === "rows" || question.ask === "measure" ? question.others : undefined;
      return (others ?? []).filter((table) => table !== beforeTable);
    }),
  );
  return {
    dataset: node.id,
    attempt: `${context.ports.owner}/${versionId}`,
    keyPrefix: `${node.id}/${versionId}`,
    questions,
    others: await pinned(context, [...others]),
  };
}

/** Turn a judged version into the dataset's outcome. */
export function judged(version: Version, verdict: Verdict, outcome: "built" | "reused"): StageResult {
  const findings = verdict.results.filter((result) => !result.passed);
  if (verdict.outcome !== "stopped") return { outcome, version, findings };
  const stops = findings.filter((finding) => finding.severity === "stop");
  const reason = stops
    .map((finding) =>
      finding.check === "quarantine" ? finding.message : `${finding.name}: ${finding.message}`,
    )
    .join("; ");
  return { outcome: "failed", findings, held: { reason, by: version.dataset, candidate: version.id } };
}

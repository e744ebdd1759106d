import type { DatasetId } from "../graph/graph.ts";
import type { Plan, Stage } from "./plan.ts";

/** The stages of a plan by what is known beforehand. */
export interface Certainty {
  /** Something about the dataset has changed. */
  readonly certain: readonly Stage[];
  /**
   * Nothing is known to have changed: a generator has to be asked first, and only what it brings leads further; or
   * inputs move on in columns that are not read.
   */
  readonly possible: readonly Stage[];
}

/** Tell what will happen from what happens only if something comes out that is not expected. */
export function certainStages(plan: Plan): Certainty {
  const possible = new Set<DatasetId>();
  for (const { dataset, reason } of plan.stages) {
    const hangsOnNews =
      reason.because === "inputs" &&
      reason.inputs.length > 0 &&
      reason.inputs.every((input) => possible.has(input));
    if (reason.because === "generator" || reason.because === "unread" || hangsOnNews) possible.add(dataset);
  }
  // What a check refers to may come after it; and nothing hangs on such an audit.
  for (const { dataset, reason } of plan.stages) {
    if (reason.because === "references" && reason.datasets.every((other) => possible.has(other)))
      possible.add(dataset);
  }
  return {
    certain: plan.stages.filter(({ dataset }) => !possible.has(dataset)),
    possible: plan.stages.filter(({ dataset }) => possible.has(dataset)),
  };
}

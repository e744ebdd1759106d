import type { DatasetId } from "../graph/graph.ts";
import type { Plan, Stage } from "./plan.ts";

/** The stages of a plan by what is known beforehand. */
export interface Certainty {
  /** Something about the dataset has changed. */
  readonly certain: readonly Stage[];
  /** Nothing is known to have changed: a generator has to be asked first, and only what it brings leads further. */
  readonly possible: readonly Stage[];
}

/** Tell what will happen from what happens only if a generator brings something new. */
export function certainStages(plan: Plan): Certainty {
  const possible = new Set<DatasetId>();
  for (const { dataset, reason } of plan.stages) {
    const hangsOnNews =
      reason.because === "inputs" &&
      reason.inputs.length > 0 &&
      reason.inputs.every((input) => possible.has(input));
    if (reason.because === "generator" || hangsOnNews) possible.add(dataset);
  }
  return {
    certain: plan.stages.filter(({ dataset }) => !possible.has(dataset)),
    possible: plan.stages.filter(({ dataset }) => possible.has(dataset)),
  };
}

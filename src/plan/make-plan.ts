import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { type Impact, impacts } from "../graph/walks.ts";
import { Comparison } from "./comparison.ts";
import { currentVersion, type Decision, decideModel, decideSource, type Known, touchedBy } from "./decide.ts";
import type { PlanState } from "./plan-state.ts";
import type { MetadataChange, Plan, Stage } from "./plan.ts";

const nobody: Impact = { consumers: [], stories: [] };

/** Decide for each dataset what a run would do, and why. */
export async function makePlan(graph: Graph, state: PlanState): Promise<Plan> {
  const impact = impacts(graph);
  const comparison = new Comparison(graph, state);
  const stages: Stage[] = [];
  const unchanged: DatasetId[] = [];
  const metadata: MetadataChange[] = [];
  const known = new Map<DatasetId, Known>();
  for (const node of graph.datasets) {
    const current = currentVersion(node.id, state);
    if (state.selected && !state.selected.has(node.id)) {
      known.set(node.id, current ? { version: current } : {});
      continue;
    }
    const decision =
      node.kind === "source"
        ? decideSource(node, current, state)
        : await decideModel(node, current, { known, state, comparison });
    const redefined = decision.kind !== "unchanged" && decision.reason.because === "definition";
    const change = current && redefined ? comparison.changed(node, current) : undefined;
    known.set(
      node.id,
      "version" in decision ? { version: decision.version } : touchedBy(node, decision, change, known),
    );
    const stage = stageOf(node, decision, impact.get(node.id) ?? nobody, state);
    if (stage) stages.push(change ? { ...stage, change } : stage);
    else unchanged.push(node.id);
    const settings = redefined ? [] : comparison.metadata(node);
    if (settings.length > 0) metadata.push({ dataset: node.id, settings });
  }
  if (!state.selected) stages.push(...drops(graph, state, comparison));
  return {
    format: 1,
    environment: state.environment,
    base: state.base,
    graphHash: state.graphHash,
    stages,
    unchanged,
    metadata,
  };
}

function stageOf(node: DatasetNode, decision: Decision, impact: Impact, state: PlanState): Stage | undefined {
  const renamedFrom = state.renames.get(node.id);
  const about = { dataset: node.id, ...impact, ...(renamedFrom === undefined ? {} : { renamedFrom }) };
  switch (decision.kind) {
    case "read":
    case "build":
      return { kind: decision.kind, ...about, reason: decision.reason };
    case "reuse":
      return { kind: "reuse", ...about, reason: decision.reason, version: decision.version.id };
    case "unchanged": {
      const audited = state.audited.has(`${decision.version.id}/${node.auditFingerprint}`);
      return audited
        ? undefined
        : { kind: "audit", ...about, reason: { because: "checks" }, version: decision.version.id };
    }
  }
}

function drops(graph: Graph, state: PlanState, comparison: Comparison): Stage[] {
  const present = new Set(graph.datasets.map((node) => node.id));
  return [...state.pointers.keys()]
    .filter((id) => !present.has(id))
    .toSorted()
    .map((dataset) => {
      const change = comparison.removed(dataset);
      return {
        kind: "drop",
        dataset,
        reason: { because: "removed" },
        consumers: change?.reach.consumers ?? [],
        stories: change?.reach.stories ?? [],
        ...(change === undefined ? {} : { change }),
      };
    });
}

import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { called, type Version } from "../graph/version.ts";
import { type Impact, impacts } from "../graph/walks.ts";
import { decideAudit } from "./decide-audit.ts";
import { Comparison } from "./comparison.ts";
import {
  currentVersion,
  type Decision,
  decideModel,
  decideOffer,
  decideSource,
  type Known,
  type Moment,
  touchedBy,
} from "./decide.ts";
import { linkChanges } from "./link-changes.ts";
import type { PlanState } from "./plan-state.ts";
import type { Change, MetadataChange, Plan, Stage } from "./plan.ts";

const nobody: Impact = { consumers: [], stories: [] };

/** Decide for each dataset what a run would do, and why. */
export async function makePlan(graph: Graph, state: PlanState): Promise<Plan> {
  const impact = impacts(graph);
  const comparison = new Comparison(graph, state);
  const decided: Decided[] = [];
  const known = new Map<DatasetId, Known>();
  for (const node of graph.datasets) {
    const current = currentVersion(node.id, state);
    if (state.selected && !state.selected.has(node.id)) {
      known.set(node.id, current ? { version: current } : {});
      continue;
    }
    const decision = await decide(node, current, { known, state, comparison });
    const redefined = decision.kind !== "unchanged" && decision.reason.because === "definition";
    const change = current && redefined ? comparison.changed(node, current) : undefined;
    known.set(
      node.id,
      "version" in decision ? { version: decision.version } : touchedBy(node, decision, change, known),
    );
    decided.push({ node, decision, change });
  }
  const stages: Stage[] = [];
  const unchanged: DatasetId[] = [];
  const metadata: MetadataChange[] = [];
  for (const { node, decision, change } of decided) {
    const stage = stageOf(node, decision, impact.get(node.id) ?? nobody, { state, known });
    if (stage) stages.push(change ? { ...stage, change } : stage);
    else unchanged.push(node.id);
    const redefined = decision.kind !== "unchanged" && decision.reason.because === "definition";
    const described = redefined ? undefined : comparison.metadata(node);
    if (described !== undefined) metadata.push(described);
  }
  if (!state.selected) stages.push(...drops(graph, state, comparison));
  const links = linkChanges(state.before, graph);
  return {
    format: 1,
    environment: state.environment,
    base: state.base,
    graphHash: state.graphHash,
    stages,
    unchanged,
    metadata,
    links,
    restated:
      state.before !== undefined &&
      state.selected === undefined &&
      // Whoever is held was made by a definition that the project of the release has to tell.
      Object.keys(state.held).length === 0 &&
      (metadata.length + links.length > 0 || graph.datasets.some((node) => comparison.isJudgedAnew(node))),
  };
}

function decide(node: DatasetNode, current: Version | undefined, at: Moment): Decision | Promise<Decision> {
  const offer = at.state.promotion?.offers.get(node.id);
  if (offer) return decideOffer(node, current, called(offer.version, node.id), at);
  return node.kind === "source" ? decideSource(node, current, at.state) : decideModel(node, current, at);
}

/** A dataset in scope, with what is to become of it. */
interface Decided {
  readonly node: DatasetNode;
  readonly decision: Decision;
  readonly change: Change | undefined;
}

function stageOf(
  node: DatasetNode,
  decision: Decision,
  impact: Impact,
  { state, known }: { readonly state: PlanState; readonly known: ReadonlyMap<DatasetId, Known> },
): Stage | undefined {
  const { promotion, renames } = state;
  const renamedFrom = renames.get(node.id);
  const about = {
    dataset: node.id,
    ...impact,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(node.kind === "model" && node.materialized ? { materialized: node.materialized.kind } : {}),
  };
  switch (decision.kind) {
    case "read":
    case "build":
      return { kind: decision.kind, ...about, reason: decision.reason };
    case "reuse":
      return {
        kind: "reuse",
        ...about,
        reason: decision.reason,
        version: decision.version.id,
        ...(promotion?.offers.has(node.id) ? { promotedFrom: promotion.from } : {}),
      };
    case "unchanged": {
      // It was judged where it comes from, with the checks of this project.
      if (promotion?.offers.has(node.id)) return undefined;
      const reason = decideAudit(node, decision.version, { known, state });
      return reason && { kind: "audit", ...about, reason, version: decision.version.id };
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

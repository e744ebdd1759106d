import type { Listing } from "../graph/delivery.ts";
import type { DatasetId, DatasetNode, Graph, ModelNode, Parameter, SourceNode } from "../graph/graph.ts";
import type { Pointer, Version } from "../graph/version.ts";
import { type Impact, impacts } from "../graph/walks.ts";
import { modelKey } from "./build-key.ts";
import { compareFiles } from "./compare-files.ts";
import type { Plan, Reason, Stage } from "./plan.ts";

/** What the world looks like to a plan. */
export interface PlanState {
  readonly environment: string;
  readonly base: number;
  readonly graphHash: string;
  readonly engineVersion: string;
  /** The run's logical time, as the values its parameters take. */
  readonly parameters: Readonly<Record<Parameter, string>>;
  readonly pointers: ReadonlyMap<DatasetId, Pointer>;
  /** The versions pointed to, by id. */
  readonly versions: ReadonlyMap<string, Version>;
  /** Whether a version was audited with these checks: `version/auditFingerprint`. */
  readonly audited: ReadonlySet<string>;
  readonly listings: ReadonlyMap<DatasetId, Listing>;
  /** Datasets the run may touch; undefined means all, including dropping what left the project. */
  readonly selected?: ReadonlySet<DatasetId>;
  /** Versions that exist for a build key, in any environment. */
  readonly find: (buildKey: string) => Promise<Version | undefined>;
}

const nobody: Impact = { consumers: [], stories: [] };

type Decision =
  | { readonly kind: "unchanged"; readonly version: Version }
  | { readonly kind: "reuse"; readonly version: Version; readonly reason: Reason }
  | { readonly kind: "read" | "build"; readonly reason: Reason };

/** Decide for each dataset what a run would do, and why. */
export async function makePlan(graph: Graph, state: PlanState): Promise<Plan> {
  const impact = impacts(graph);
  const stages: Stage[] = [];
  const unchanged: DatasetId[] = [];
  /** Content each dataset will have, where that is known before running. */
  const contents = new Map<DatasetId, string | undefined>();
  for (const node of graph.datasets) {
    const current = currentVersion(node.id, state);
    if (state.selected && !state.selected.has(node.id)) {
      contents.set(node.id, current?.contentHash);
      continue;
    }
    const decision =
      node.kind === "source"
        ? decideSource(node, current, state)
        : await decideModel(node, current, contents, state);
    const version = "version" in decision ? decision.version : undefined;
    contents.set(node.id, version?.contentHash);
    const stage = stageOf(node, decision, impact.get(node.id) ?? nobody, state);
    if (stage) stages.push(stage);
    else unchanged.push(node.id);
  }
  if (!state.selected) stages.push(...drops(graph, state));
  return {
    format: 1,
    environment: state.environment,
    base: state.base,
    graphHash: state.graphHash,
    stages,
    unchanged,
  };
}

function currentVersion(id: DatasetId, state: PlanState): Version | undefined {
  const pointer = state.pointers.get(id);
  return pointer && state.versions.get(pointer.version);
}

function decideSource(node: SourceNode, current: Version | undefined, state: PlanState): Decision {
  if (!current) return { kind: "read", reason: { because: "new" } };
  if (current.fingerprint !== node.fingerprint) return { kind: "read", reason: { because: "definition" } };
  if (node.from.kind === "generator") return { kind: "read", reason: { because: "generator" } };
  const listing = state.listings.get(node.id);
  if (!listing) throw new Error(`no listing for source ${node.id}`);
  const changes = compareFiles(listing, current.manifest?.files ?? [], node.from.onRemoved ?? "remove");
  const [added, changed, removed] = [changes.added.length, changes.changed.length, changes.removed.length];
  if (added + changed + removed === 0) return { kind: "unchanged", version: current };
  return { kind: "read", reason: { because: "files", added, changed, removed } };
}

async function decideModel(
  node: ModelNode,
  current: Version | undefined,
  contents: ReadonlyMap<DatasetId, string | undefined>,
  state: PlanState,
): Promise<Decision> {
  const reason = modelReason(node, current, contents, state);
  const known = new Map<DatasetId, string>();
  for (const input of node.inputs) {
    const content = contents.get(input);
    if (content === undefined) return { kind: "build", reason };
    known.set(input, content);
  }
  const key = modelKey(node, known, state.engineVersion, state.parameters);
  if (current?.buildKey === key) return { kind: "unchanged", version: current };
  const found = await state.find(key);
  if (!found) return { kind: "build", reason };
  return found.id === current?.id
    ? { kind: "unchanged", version: current }
    : { kind: "reuse", version: found, reason };
}

function modelReason(
  node: ModelNode,
  current: Version | undefined,
  contents: ReadonlyMap<DatasetId, string | undefined>,
  state: PlanState,
): Reason {
  if (!current) return { because: "new" };
  if (current.fingerprint !== node.fingerprint) return { because: "definition" };
  const moved = node.inputs.filter((input) => {
    const content = contents.get(input);
    const built = current.inputs[input];
    const before = built === undefined ? undefined : state.versions.get(built)?.contentHash;
    return content === undefined || content !== before;
  });
  return moved.length === 0 && node.parameters.length > 0
    ? { because: "clock" }
    : { because: "inputs", inputs: moved };
}

function stageOf(node: DatasetNode, decision: Decision, impact: Impact, state: PlanState): Stage | undefined {
  const about = { dataset: node.id, ...impact };
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

function drops(graph: Graph, state: PlanState): Stage[] {
  const present = new Set(graph.datasets.map((node) => node.id));
  return [...state.pointers.keys()]
    .filter((id) => !present.has(id))
    .toSorted()
    .map((dataset) => ({
      kind: "drop",
      dataset,
      reason: { because: "removed" },
      ...nobody,
    }));
}

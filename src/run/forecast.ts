import type { DatasetId, Graph } from "../graph/graph.ts";
import { currentVersion } from "../plan/decide.ts";
import { estimate } from "../plan/estimate.ts";
import { forecastParts } from "../plan/forecast-parts.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import type { StoreReader } from "../store/store.ts";
import type { Prepared } from "./prepare.ts";

/** How many earlier builds an estimate is made from, at most. */
const mostBuilds = 5;

/** A plan with what history tells of it: what builds are likely to bring and take, and who else uses what is reused. */
export async function forecast(
  store: Pick<StoreReader, "builtBefore" | "pointingTo">,
  graph: Graph,
  { plan, state }: Prepared,
): Promise<Plan> {
  const identities = new Map(
    [...state.versions.values()].map(({ dataset, identity }) => [dataset, identity]),
  );
  const nameOf = (dataset: DatasetId): DatasetId => identities.get(dataset) ?? dataset;
  const built = plan.stages.filter(({ kind }) => kind === "read" || kind === "build");
  const names = built.map(({ dataset }) => nameOf(dataset));
  const reused = plan.stages.flatMap((stage) => (stage.kind === "reuse" ? [stage.version] : []));
  const history = names.length === 0 ? new Map<string, []>() : await store.builtBefore(names, mostBuilds);
  const users = reused.length === 0 ? new Map<string, []>() : await store.pointingTo(reused);
  const nodes = new Map(graph.datasets.map((node) => [node.id, node]));
  const moving = new Set(
    plan.stages.flatMap(({ kind, dataset }) => (kind === "audit" || kind === "drop" ? [] : [dataset])),
  );
  const stages = plan.stages.map((stage): Stage => {
    if (stage.kind === "reuse") {
      const environments = (users.get(stage.version) ?? []).filter((name) => name !== plan.environment);
      return environments.length === 0 ? stage : { ...stage, environments };
    }
    if (stage.kind !== "read" && stage.kind !== "build") return stage;
    const expected = estimate(history.get(nameOf(stage.dataset)) ?? []);
    const forecasted = expected === undefined ? stage : { ...stage, estimate: expected };
    const node = nodes.get(stage.dataset);
    if (node?.kind !== "model" || forecasted.kind !== "build" || !node.materialized) return forecasted;
    const inputs = new Map(
      node.inputs.flatMap((id) => {
        const version = moving.has(id) ? undefined : currentVersion(id, state);
        return version === undefined ? [] : [[id, version] as const];
      }),
    );
    const { engineVersion } = state;
    const current = currentVersion(node.id, state);
    const parts = forecastParts(node, { stage, current, inputs, engineVersion });
    return parts === undefined ? forecasted : { ...forecasted, parts };
  });
  return { ...plan, stages };
}

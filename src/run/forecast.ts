import type { DatasetId } from "../graph/graph.ts";
import { estimate } from "../plan/estimate.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import type { StoreReader } from "../store/store.ts";
import type { Prepared } from "./prepare.ts";

/** How many earlier builds an estimate is made from, at most. */
const mostBuilds = 5;

/** A plan with what history tells of it: what builds are likely to bring and take, and who else uses what is reused. */
export async function forecast(
  store: Pick<StoreReader, "builtBefore" | "pointingTo">,
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
  const stages = plan.stages.map((stage): Stage => {
    if (stage.kind === "reuse") {
      const environments = (users.get(stage.version) ?? []).filter((name) => name !== plan.environment);
      return environments.length === 0 ? stage : { ...stage, environments };
    }
    if (stage.kind !== "read" && stage.kind !== "build") return stage;
    const expected = estimate(history.get(nameOf(stage.dataset)) ?? []);
    return expected === undefined ? stage : { ...stage, estimate: expected };
  });
  return { ...plan, stages };
}

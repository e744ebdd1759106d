import { SluiceError } from "../errors.ts";
import type { Listing } from "../graph/delivery.ts";
import type { DatasetId, Graph, Parameter } from "../graph/graph.ts";
import type { Pointer, Version } from "../graph/version.ts";
import { select } from "../graph/select.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { PlanState, Promotion } from "../plan/plan-state.ts";
import type { Plan } from "../plan/plan.ts";
import type { Ports } from "./ports.ts";
import { pointedVersions } from "./pointed-versions.ts";
import { recogniseFiles } from "./recognise-files.ts";

/** A compiled project and its hash. */
export interface CompiledProject {
  readonly graph: Graph;
  readonly graphHash: string;
}

export interface Scope {
  readonly environment: string;
  /** Selection in dbt's syntax; without it the whole project. */
  readonly select?: string | undefined;
}

/** A plan together with the state it was made from, so that executing it looks at the same moment. */
export interface Prepared {
  readonly plan: Plan;
  readonly state: PlanState;
}

/** Plan a run: what it would do, why, and whom it touches. Errors: `bad-selection`. */
export async function prepare(ports: Ports, project: CompiledProject, scope: Scope): Promise<Plan> {
  return (await prepareWithState(ports, project, scope)).plan;
}

/** `promote` says what a promotion brings along, by the versions at which the environment stands. */
export async function prepareWithState(
  ports: Ports,
  project: CompiledProject,
  scope: Scope,
  promote?: (current: readonly Version[]) => Promise<Promotion>,
): Promise<Prepared> {
  const { graph, graphHash } = project;
  const { store, engine } = ports;
  const base = (await store.environment(scope.environment))?.release ?? 0;
  const published =
    base === 0 ? new Map<DatasetId, Pointer>() : await store.pointers(scope.environment, base);
  const renames = renamesIn(graph, published);
  const pointers = renamed(published, renames);
  const pointed = await pointedVersions(store, pointers.values());
  // What was lost is built as if it had never been.
  const current = pointed.filter((version) => version.gone === undefined);
  const audits = await store.audits(current.map((version) => version.id));
  const promotion = await promote?.(current);
  const before = await runningProject(ports, project, scope.environment, base);
  const state: PlanState = {
    environment: scope.environment,
    base,
    graphHash,
    engineVersion: engine.version,
    parameters: logicalTime(ports.now()),
    pointers,
    versions: new Map(current.map((version) => [version.id, version])),
    audited: new Set(
      audits
        .filter(({ verdict }) => verdict.outcome !== "stopped")
        .map((audit) => `${audit.version}/${audit.auditFingerprint}`),
    ),
    listings: await listings(ports, graph, current, promotion),
    ...(promotion === undefined ? {} : { promotion }),
    ...(before === undefined ? {} : { before }),
    renames,
    ...(scope.select === undefined ? {} : { selected: selection(graph, scope.select, current) }),
    held: await store.held(scope.environment),
    find: finder(ports),
  };
  return { plan: await makePlan(graph, state), state };
}

/** Datasets that are published under the name they had before, by the name they have now. */
function renamesIn(graph: Graph, published: ReadonlyMap<DatasetId, Pointer>): Map<DatasetId, DatasetId> {
  return new Map(
    graph.datasets.flatMap(({ id, renamedFrom }) =>
      renamedFrom !== undefined && published.has(renamedFrom) && !published.has(id)
        ? [[id, renamedFrom]]
        : [],
    ),
  );
}

/** Pointers under the names of now. */
function renamed(
  published: ReadonlyMap<DatasetId, Pointer>,
  renames: ReadonlyMap<DatasetId, DatasetId>,
): ReadonlyMap<DatasetId, Pointer> {
  if (renames.size === 0) return published;
  const pointers = new Map(published);
  for (const [dataset, earlier] of renames) {
    const pointer = published.get(earlier);
    pointers.delete(earlier);
    if (pointer !== undefined) pointers.set(dataset, { ...pointer, dataset });
  }
  return pointers;
}

/** The project of the environment's release, where it is another than this one. */
async function runningProject(
  ports: Ports,
  { graphHash }: CompiledProject,
  environment: string,
  base: number,
): Promise<Graph | undefined> {
  const released = base === 0 ? undefined : await ports.store.releasedGraph(environment, base);
  return released === undefined || released === graphHash ? undefined : ports.store.graph(released);
}

function selection(graph: Graph, expression: string, current: readonly Version[]): ReadonlySet<DatasetId> {
  const published = new Map(current.map((version) => [version.dataset, version.fingerprint]));
  const modified = graph.datasets.filter((node) => published.get(node.id) !== node.fingerprint);
  const chosen = new Set(select(graph, expression, new Set(modified.map((node) => node.id))));
  if (chosen.size === 0) {
    throw new SluiceError("bad-selection", `"${expression}" selects no dataset`, {
      hint: "sluice ls shows what there is",
    });
  }
  return chosen;
}

/** The run's logical time as the values of its parameters: UTC, to the second. */
function logicalTime(now: Date): Readonly<Record<Parameter, string>> {
  const text = now.toISOString();
  return { run_time: `${text.slice(0, 10)} ${text.slice(11, 19)}`, run_date: text.slice(0, 10) };
}

async function listings(
  ports: Ports,
  graph: Graph,
  current: readonly Version[],
  promotion: Promotion | undefined,
): Promise<ReadonlyMap<DatasetId, Listing>> {
  const read = new Map(current.map((version) => [version.dataset, version.manifest?.files ?? []]));
  const found = new Map<DatasetId, Listing>();
  for (const node of graph.datasets) {
    if (node.kind !== "source" || node.from.kind !== "files" || promotion?.offers.has(node.id)) continue;
    const listing = ports.list(node.from.patterns);
    const known = promotion?.kept.get(node.id);
    const files = known ? listing.files.filter(({ name }) => known.has(name)) : listing.files;
    found.set(node.id, await recogniseFiles(ports, { ...listing, files }, read.get(node.id) ?? []));
  }
  return found;
}

function finder(ports: Ports): (buildKey: string) => Promise<Version | undefined> {
  return async (buildKey) => (await ports.store.builds([buildKey])).get(buildKey);
}

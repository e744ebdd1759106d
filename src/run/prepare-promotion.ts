import { SluiceError } from "../errors.ts";
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import type { Pointer, Version } from "../graph/version.ts";
import { downstream, indexDatasets } from "../graph/walks.ts";
import type { Offer, Promotion } from "../plan/plan-state.ts";
import type { Stage } from "../plan/plan.ts";
import type { Release } from "../store/store.ts";
import { existing, published } from "./environment.ts";
import { pointedVersions } from "./pointed-versions.ts";
import type { Ports } from "./ports.ts";
import { type CompiledProject, type Prepared, prepareWithState } from "./prepare.ts";

/** The release of an environment that is promoted, with the project it pins. */
export interface Origin {
  readonly release: Release;
  readonly project: CompiledProject;
}

/** What an environment publishes now. Errors: `unknown-environment`, `state-damaged`. */
export async function originOf(ports: Ports, environment: string): Promise<Origin> {
  const release = await published(ports, environment, (await existing(ports, environment)).release);
  const graph = await ports.store.graph(release.graphHash);
  if (graph === undefined) {
    throw new SluiceError("state-damaged", `the project of release ${release.number} is not in the state`, {
      hint: `sluice run --env ${environment} publishes it anew`,
    });
  }
  return { release, project: { graph, graphHash: release.graphHash } };
}

/**
 * Plan a promotion: the project of the one environment over the newer sources of the two. Whatever depends on no source
 * that is newer in the target is taken over as it is. `workingTree` compiles the project as it lies on disk, if it
 * does. Errors: `promote-refused` where TypeScript would have to run that is not there.
 */
export async function preparePromotion(
  ports: Ports,
  origin: Origin,
  to: string,
  workingTree: () => Promise<Graph | undefined>,
): Promise<Prepared> {
  const prepared = await prepareWithState(ports, origin.project, { environment: to }, (current) =>
    promotionOf(ports, origin, current),
  );
  await refuseUnknownCode(origin, prepared, workingTree);
  return prepared;
}

async function promotionOf(
  ports: Ports,
  { release, project: { graph } }: Origin,
  current: readonly Version[],
): Promise<Promotion> {
  const from = release.environment;
  const pointers = await ports.store.pointers(from, release.number);
  const there = new Map(
    (await pointedVersions(ports.store, pointers.values()))
      .filter((version) => version.gone === undefined)
      .map((version) => [version.dataset, version]),
  );
  const kept = await keptSources(ports, graph, there, current);
  const offered = (node: DatasetNode): Offer | undefined => offerOf(node, there, pointers);
  const withoutOffer = graph.datasets.filter((node) => offered(node) === undefined).map(({ id }) => id);
  const planned = downstream(graph, [...kept.keys(), ...withoutOffer]);
  const offers = graph.datasets.flatMap((node) => {
    const offer = planned.has(node.id) ? undefined : offered(node);
    return offer ? [[node.id, offer] as const] : [];
  });
  return { from, offers: new Map(offers), kept };
}

/** What an environment publishes of a dataset, unless that itself does not pass its checks of today. */
function offerOf(
  { id }: DatasetNode,
  there: ReadonlyMap<DatasetId, Version>,
  pointers: ReadonlyMap<DatasetId, Pointer>,
): Offer | undefined {
  const version = there.get(id);
  const held = pointers.get(id)?.held;
  if (version === undefined || held?.candidate === version.id) return undefined;
  return held === undefined ? { version } : { version, held };
}

/** The sources that the target has newer, or alone. */
async function keptSources(
  ports: Ports,
  graph: Graph,
  there: ReadonlyMap<DatasetId, Version>,
  current: readonly Version[],
): Promise<Promotion["kept"]> {
  const pairs = graph.datasets.flatMap((node) => {
    if (node.kind !== "source") return [];
    const offered = there.get(node.id);
    const own = current.find((version) => version.dataset === node.id || isSameHistory(version, offered));
    return own === undefined || own.id === offered?.id ? [] : [{ id: node.id, own, offered }];
  });
  if (pairs.length === 0) return new Map();
  const read = await ports.store.lastRead(
    pairs.flatMap(({ own, offered }) => (offered ? [own.id, offered.id] : [])),
  );
  const kept = pairs.filter(({ own, offered }) => offered === undefined || !isNewer(offered, own, read));
  return new Map(kept.map(({ id, own, offered }) => [id, filesOf(own, offered)]));
}

/**
 * Whether one version of a source came after another: by the order of the runs that last found it in its landing, not
 * by any clock. Going back to a version does not make it newer. In doubt it is not.
 */
function isNewer(one: Version, other: Version, read: ReadonlyMap<string, number>): boolean {
  const [first, second] = [read.get(one.id), read.get(other.id)];
  return first !== undefined && second !== undefined && first > second;
}

const identity = (version: Version): DatasetId => version.identity ?? version.dataset;

const isSameHistory = (own: Version, offered: Version | undefined): boolean =>
  offered !== undefined && identity(own) === identity(offered);

const filesOf = (...versions: readonly (Version | undefined)[]): ReadonlySet<string> =>
  new Set(versions.flatMap((version) => (version?.manifest?.files ?? []).map(({ name }) => name)));

/**
 * What was released in TypeScript can only run where that very code lies on disk. Told before anything is built, and
 * only where something of it has to be.
 */
async function refuseUnknownCode(
  { release, project }: Origin,
  { plan, state }: Prepared,
  workingTree: () => Promise<Graph | undefined>,
): Promise<void> {
  const nodes = indexDatasets(project.graph);
  const running = plan.stages.flatMap((stage) => {
    const node = nodes.get(stage.dataset);
    return node && runsCode(stage, node, state.pointers.has(node.id)) ? [node] : [];
  });
  if (running.length === 0) return;
  const tree = await workingTree();
  const onDisk = new Map(tree?.datasets.map((node) => [node.id, node.fingerprint]));
  const unknown = running.filter(({ id, fingerprint }) => onDisk.get(id) !== fingerprint).map(({ id }) => id);
  if (unknown.length === 0) return;
  const [name, kept] = [
    `${release.environment}@${release.number}`,
    [...(state.promotion?.kept.keys() ?? [])],
  ];
  const why =
    kept.length === 0 ? "" : `, because "${state.environment}" has newer data of ${kept.join(", ")}`;
  throw new SluiceError(
    "promote-refused",
    `${unknown.join(", ")} must be computed anew${why}, but the code that ${name} released is not on disk`,
    {
      hint: `check out the project as it was released, or sluice run --env ${release.environment} and promote again`,
    },
  );
}

/** Whether a stage may run code of the project: a `rows` function, or a generator that is asked for the first time. */
function runsCode(stage: Stage, node: DatasetNode, isPublished: boolean): boolean {
  if (node.kind === "model") return stage.kind === "build" && node.by.kind === "rows";
  return stage.kind === "read" && node.from.kind === "generator" && !isPublished;
}

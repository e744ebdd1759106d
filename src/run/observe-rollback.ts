import { linkFindings, type Observation, renamedIn, touchedBy } from "../flow/observation.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import { indexDatasets } from "../graph/walks.ts";
import type { Verdict } from "../quality/verdict.ts";
import { auditResults } from "./audit-results.ts";
import { incidentFindings } from "./observe.ts";
import { pointedVersions } from "./pointed-versions.ts";
import type { Ports } from "./ports.ts";
import { nameMisled } from "./trained-on.ts";

/**
 * What a rollback makes readers see again: the warnings of versions that it publishes anew are found again, those of
 * versions that it takes away are gone. What stopped a dataset is still so: nothing was repaired. Undefined where
 * the environment never had an incident: then there is nothing to look for.
 */
export async function observeRollback(
  { store }: Ports,
  {
    base,
    to,
    ...occasion
  }: {
    readonly environment: string;
    readonly base: number;
    readonly to: number;
    readonly at: string;
    readonly who: string;
  },
): Promise<Observation | undefined> {
  const { environment } = occasion;
  if ((await store.incidents(1, { environment })).length === 0) return undefined;
  const graphHash = await store.releasedGraph(environment, to);
  const graph: Graph | undefined = graphHash === undefined ? undefined : await store.graph(graphHash);
  const nodes = graph === undefined ? new Map<DatasetId, never>() : indexDatasets(graph);
  const now = await store.pointers(environment, base);
  const moved = [...(await store.pointers(environment, to)).values()].filter(
    ({ dataset, version }) => now.get(dataset)?.version !== version,
  );
  const versions = (await pointedVersions(store, moved)).flatMap((version) => {
    const node = nodes.get(version.dataset);
    return node === undefined ? [] : [{ node, version }];
  });
  const byDataset = new Map(versions.map(({ version }) => [version.dataset, version]));
  const results =
    graph === undefined
      ? new Map<string, never>()
      : await auditResults(store, graph, versions, (dataset) => byDataset.get(dataset));
  const findings = versions.flatMap(({ version }) =>
    incidentFindings(version.dataset, version.id, results.get(version.id) ?? []).filter(
      // What stops today, and was published when it did not, is told by the next run.
      ({ severity }) => severity === "warn",
    ),
  );
  return {
    ...occasion,
    found: graph === undefined ? [] : await nameMisled(store, graph, linkFindings(graph, findings)),
    judged: new Set(),
    standing: new Map(moved.map(({ dataset, version }) => [dataset, version])),
    repairs: false,
    held: {},
    datasets: new Set(nodes.keys()),
    renamed: await namesBack(store, { environment, base }, nodes),
    touched:
      graph === undefined ? new Map() : touchedBy(graph, new Set(findings.map(({ dataset }) => dataset))),
  };
}

/** The names that datasets had before the release that is gone back from gave them others. */
async function namesBack(
  store: Ports["store"],
  { environment, base }: { readonly environment: string; readonly base: number },
  nodes: ReadonlyMap<DatasetId, unknown>,
): Promise<ReadonlyMap<DatasetId, DatasetId>> {
  const graphHash = await store.releasedGraph(environment, base);
  const graph = graphHash === undefined ? undefined : await store.graph(graphHash);
  if (graph === undefined) return new Map();
  const back = [...renamedIn(graph)].map(([earlier, later]) => [later, earlier] as const);
  return new Map(back.filter(([later, earlier]) => nodes.has(earlier) && !nodes.has(later)));
}

/** What is left of what was found on a source once somebody accepted that some of its records are lost. */
export function observeDrop(
  graph: Graph,
  occasion: { readonly environment: string; readonly at: string; readonly who: string },
  source: {
    readonly dataset: DatasetId;
    readonly version: string;
    readonly verdict: Verdict;
    readonly held: Readonly<Record<DatasetId, Held>>;
  },
): Observation {
  const { dataset, version, verdict, held } = source;
  // What is held was stopped by another version, of which nothing was dropped.
  const isHeld = held[dataset] !== undefined;
  const findings = isHeld ? [] : incidentFindings(dataset, version, verdict.results);
  return {
    ...occasion,
    found: linkFindings(graph, findings),
    judged: new Set(isHeld ? [] : [dataset]),
    standing: new Map(),
    repairs: true,
    held,
    datasets: new Set(graph.datasets.map(({ id }) => id)),
    renamed: renamedIn(graph),
    touched: touchedBy(graph, findings.length === 0 ? [] : [dataset]),
  };
}

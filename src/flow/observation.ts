import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { columnLinks } from "../graph/column-walks.ts";
import { downstream } from "../graph/walks.ts";
import type { IncidentFinding, NameList, Touched } from "./incident.ts";

/** A finding as somebody came across it. */
export interface Found extends Omit<IncidentFinding, "since"> {
  /**
   * Findings of the same look that it may come from, by `findingKey`, from the first dataset of the graph on: on
   * datasets that this one is built from, and in columns that its own are made of, as far as both are known.
   */
  readonly below: readonly string[];
}

/** What there is to see after a run, a promotion or a rollback of one environment. */
export interface Observation {
  readonly environment: string;
  readonly at: string;
  readonly who: string;
  readonly runId?: string;
  readonly found: readonly Found[];
  /** Datasets that were judged, and either published as judged or refused: what is not found on them is gone. */
  readonly judged: ReadonlySet<DatasetId>;
  /**
   * Datasets that were not judged, or did not move, with the version at which they stand: what was found on another
   * version of one that was not judged is gone.
   */
  readonly standing: ReadonlyMap<DatasetId, string>;
  /** Datasets of which it was judged whether what they are made of is too old: what is not found of that is gone. */
  readonly aged?: ReadonlySet<DatasetId>;
  /** Whether what stopped a dataset may be gone because it stands: going back to an earlier release repairs nothing. */
  readonly repairs: boolean;
  /** Who is kept at the last good version, and because of whom. */
  readonly held: Readonly<Record<DatasetId, { readonly by: DatasetId }>>;
  /** All datasets of the project: nothing is found any more on one that has left it. */
  readonly datasets: ReadonlySet<DatasetId>;
  /** Names of now, by the ones that incidents may still have. */
  readonly renamed?: ReadonlyMap<DatasetId, DatasetId>;
  /** Of each dataset with a finding. */
  readonly touched: ReadonlyMap<DatasetId, Touched>;
}

/** The names that datasets of a project have now, by those that they say they had. */
export function renamedIn({ datasets }: Graph): ReadonlyMap<DatasetId, DatasetId> {
  const names = new Set(datasets.map(({ id }) => id));
  return new Map(
    datasets.flatMap(({ id, renamedFrom }) =>
      renamedFrom === undefined || names.has(renamedFrom) ? [] : [[renamedFrom, id]],
    ),
  );
}

/** Two findings with one key are the same, found twice. */
export const findingKey = ({ dataset, check }: Pick<IncidentFinding, "dataset" | "check">): string =>
  `${dataset}\n${check}`;

/** How many names an incident keeps. */
const keptNames = 50;

export function nameList(names: readonly string[]): NameList {
  return { count: names.length, names: names.slice(0, keptNames) };
}

/** Findings with what they may come from. */
export function linkFindings(
  graph: Graph,
  findings: readonly Omit<IncidentFinding, "since">[],
): readonly Found[] {
  const byDataset = Map.groupBy(findings, ({ dataset }) => dataset);
  if (byDataset.size < 2) return findings.map((finding) => ({ ...finding, below: [] }));
  const above = findingsAbove(graph, byDataset);
  const columns = columnsOf(graph, byDataset);
  const links = columnLinks(graph);
  // Of each finding once: a bad delivery may be found on hundreds of datasets.
  const sources = new Map<string, ReadonlySet<string>>();
  const sourcesOf = (
    finding: Omit<IncidentFinding, "since">,
    own: readonly string[],
  ): ReadonlySet<string> => {
    const key = findingKey(finding);
    const known = sources.get(key);
    if (known !== undefined) return known;
    const refs = own.flatMap((column) => links.upstream({ dataset: finding.dataset, column }));
    const found = new Set(refs.map(({ dataset, column }) => `${dataset}\n${column.toLowerCase()}`));
    sources.set(key, found);
    return found;
  };
  const mayComeFrom = (
    finding: Omit<IncidentFinding, "since">,
    cause: Omit<IncidentFinding, "since">,
  ): boolean => {
    const [own, others] = [columns(finding), columns(cause)];
    if (own === undefined || others === undefined) return true;
    const from = sourcesOf(finding, own);
    return others.some((column) => from.has(`${cause.dataset}\n${column}`));
  };
  return findings.map((finding) => {
    const causes = [...(above.get(finding.dataset) ?? [])].flatMap((id) => byDataset.get(id) ?? []);
    return { ...finding, below: causes.filter((cause) => mayComeFrom(finding, cause)).map(findingKey) };
  });
}

/** For each dataset with findings, the others that it is built from, in the order of the graph. */
function findingsAbove(
  { datasets }: Graph,
  found: ReadonlyMap<DatasetId, unknown>,
): ReadonlyMap<DatasetId, ReadonlySet<DatasetId>> {
  const order = datasets.filter(({ id }) => found.has(id)).map(({ id }) => id);
  const above = new Map<DatasetId, ReadonlySet<DatasetId>>();
  for (const { id, inputs } of datasets) {
    const met = new Set(
      inputs.flatMap((input) => [...(above.get(input) ?? []), ...(found.has(input) ? [input] : [])]),
    );
    if (met.size > 0) above.set(id, met);
  }
  return new Map(
    order.map((id) => [id, new Set(order.filter((other) => above.get(id)?.has(other)))] as const),
  );
}

/** The columns that a finding is about, in lower case; undefined where it is about rows as a whole, or nobody knows. */
function columnsOf(
  graph: Graph,
  found: ReadonlyMap<DatasetId, unknown>,
): (finding: Omit<IncidentFinding, "since">) => readonly string[] | undefined {
  const checks = new Map(
    graph.datasets.flatMap((node) =>
      found.has(node.id)
        ? node.checks.map((check) => [findingKey({ dataset: node.id, check: check.name }), check] as const)
        : [],
    ),
  );
  return (finding) => {
    const check = checks.get(findingKey(finding));
    if (check === undefined) return undefined;
    const one = "column" in check && typeof check.column === "string" ? [check.column] : [];
    const several =
      "columns" in check && Array.isArray(check.columns) ? (check.columns as readonly string[]) : [];
    const columns = [...one, ...several].map((column) => column.toLowerCase());
    return columns.length === 0 ? undefined : columns;
  };
}

/** Whom findings on these datasets touch. */
export function touchedBy(graph: Graph, datasets: Iterable<DatasetId>): ReadonlyMap<DatasetId, Touched> {
  return new Map([...datasets].map((id) => [id, touchedByOne(graph, id)]));
}

function touchedByOne(graph: Graph, id: DatasetId): Touched {
  const reached = downstream(graph, [id]);
  const nodes = graph.datasets.filter((node) => reached.has(node.id));
  const consumers = graph.consumers.filter(({ reads }) => reads.some((read) => reached.has(read)));
  const stories = new Set([...nodes, ...consumers].flatMap(({ story }) => story ?? []));
  const owner = nodes.find((node: DatasetNode) => node.id === id)?.owner ?? graph.project.owner;
  return {
    ...(owner === undefined ? {} : { owner }),
    datasets: nameList(nodes.map((node) => node.id).filter((dataset) => dataset !== id)),
    consumers: consumers.map(({ name, type, owner: whose, freshness }) => ({
      name,
      type,
      ...(whose === undefined ? {} : { owner: whose }),
      ...(freshness === undefined ? {} : { freshness }),
    })),
    stories: [...stories].toSorted(),
  };
}

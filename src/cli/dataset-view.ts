import { SluiceError } from "../errors.ts";
import { classesOf, type HeldClass } from "../govern/classes.ts";
import { shownStatistics } from "../govern/shown-statistics.ts";
import type { DatasetNode } from "../graph/graph.ts";
import { nearestName } from "../graph/nearest-name.ts";
import type { Version } from "../graph/version.ts";
import { dependents, impacts } from "../graph/walks.ts";
import type { CheckResult } from "../quality/verdict.ts";
import { auditResults } from "../run/audit-results.ts";
import type { Ports } from "../run/ports.ts";
import { personalIn } from "../run/shown-verdict.ts";
import type { Inventory } from "./inventory.ts";
import { readRefusals, type Refusals } from "./refusals.ts";

/** A version with what its audit found. */
export interface AuditedVersion {
  readonly version: Version;
  readonly checks: readonly CheckResult[];
  readonly refused: Refusals;
}

/** Everything known of one dataset. */
export interface DatasetView {
  readonly inventory: Inventory;
  readonly node: DatasetNode;
  /** What readers get. */
  readonly published: (AuditedVersion & { readonly release: number | undefined }) | undefined;
  /** What was refused in its place. */
  readonly candidate: AuditedVersion | undefined;
  readonly readBy: readonly string[];
  readonly consumers: readonly string[];
  readonly stories: readonly string[];
  /** Classes of data it may hold, such as `pii.email`. */
  readonly classes: readonly HeldClass[];
}

/** The dataset of that name; its last part is enough where it is the only one. Errors: `unknown-dataset`. */
export function findNode({ graph }: Inventory, name: string): DatasetNode {
  const exact = graph.datasets.find((node) => node.id === name);
  const alike = graph.datasets.filter((node) => node.id.toLowerCase().endsWith(`.${name.toLowerCase()}`));
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found) return found;
  const near = nearestName(
    name,
    graph.datasets.map((node) => node.id),
  );
  throw new SluiceError(
    "unknown-dataset",
    `There is no dataset "${name}" in project "${graph.project.name}"`,
    {
      hint: near === undefined ? "sluice ls lists them" : `Did you mean "${near}"? sluice ls lists them`,
    },
  );
}

async function audited(
  ports: Ports,
  { graph, versions }: Inventory,
  node: DatasetNode,
  version: Version,
  before?: Version,
): Promise<AuditedVersion> {
  const results = await auditResults(ports.store, graph, [{ node, version }], (id) => versions.get(id));
  return {
    version: { ...version, columns: shownStatistics(version.columns, personalIn(graph).get(node.id)) },
    checks: results.get(version.id) ?? [],
    refused: await readRefusals(ports, version, node.columns, before),
  };
}

/** A published version with what its monitors found, when it was published, unless somebody said that it was expected. */
async function withMonitors(
  ports: Ports,
  environment: string,
  view: AuditedVersion,
): Promise<AuditedVersion> {
  const { id, dataset, identity = dataset } = view.version;
  const points = await ports.store.monitorPoints(environment, [identity], 1);
  const newest = points.get(identity)?.find(({ version }) => version === id);
  if (newest === undefined || newest.feedback === "expected") return view;
  return { ...view, checks: [...view.checks, ...newest.findings] };
}

/** Gather what is known of one dataset. */
export async function readDatasetView(
  ports: Ports,
  inventory: Inventory,
  node: DatasetNode,
): Promise<DatasetView> {
  const { graph, environment, versions, held } = inventory;
  const version = versions.get(node.id);
  const releases = version ? await ports.store.firstReleases(environment, [version.id]) : undefined;
  const refused = held[node.id]?.candidate;
  const [candidate] =
    refused === undefined || refused === version?.id ? [] : await ports.store.versions([refused]);
  return {
    inventory,
    node,
    published: version && {
      ...(await withMonitors(ports, environment, await audited(ports, inventory, node, version))),
      release: releases?.get(version.id),
    },
    candidate: candidate && (await audited(ports, inventory, node, candidate, version)),
    readBy: dependents(graph).get(node.id) ?? [],
    consumers: [],
    stories: [],
    classes: classesOf(graph).get(node.id) ?? [],
    ...impacts(graph).get(node.id),
  };
}

import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { referenceAudit } from "../plan/reference-audit.ts";
import type { CheckResult } from "../quality/verdict.ts";
import type { Audit, StoreReader } from "../store/store.ts";
import { shownVerdict } from "./shown-verdict.ts";

/**
 * What the checks of today (where they were never asked, those of before) found in versions, by version: in their own
 * rows, and in those of the datasets they refer to. `standing`: the version at which a dataset stands beside them. Where such a pair was never judged, as when both were
 * refused, what was found against the last version it was held against. Without what is personal by the project of today.
 */
export async function auditResults(
  store: Pick<StoreReader, "audits">,
  graph: Graph,
  audited: readonly { readonly node: DatasetNode; readonly version: Version }[],
  standing: (dataset: DatasetId) => Version | undefined,
): Promise<ReadonlyMap<string, readonly CheckResult[]>> {
  const audits = await store.audits(audited.map(({ version }) => version.id));
  const byVersion = Map.groupBy(audits, (audit) => audit.version);
  return new Map(
    audited.map(({ node, version }) => {
      const known = byVersion.get(version.id) ?? [];
      const own =
        known.find(({ auditFingerprint }) => auditFingerprint === node.auditFingerprint) ??
        known.findLast(({ auditFingerprint }) => !auditFingerprint.includes("/"));
      const pair = pairAudit(known, node, version, standing);
      const results = [own, pair].flatMap((audit) => audit?.verdict.results ?? []);
      return [version.id, shownVerdict(graph, node, { results }).results];
    }),
  );
}

function pairAudit(
  known: readonly Audit[],
  node: DatasetNode,
  version: Version,
  standing: (dataset: DatasetId) => Version | undefined,
): Audit | undefined {
  const wanted = referenceAudit(node, version, (dataset) =>
    dataset === node.id ? version : standing(dataset),
  );
  return (
    known.find(({ auditFingerprint }) => auditFingerprint === wanted) ??
    known.findLast(({ auditFingerprint }) => auditFingerprint.startsWith(`${node.auditFingerprint}/`))
  );
}

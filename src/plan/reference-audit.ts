import { createHash } from "node:crypto";
import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { references } from "../graph/references.ts";
import type { Version } from "../graph/version.ts";
import { columnContent, type InputContent } from "./build-key.ts";

/**
 * Under which fingerprint a version is audited by those of its checks that refer to other datasets: the checks, and
 * the content of each column that they look into. Undefined where it has no such check. `contentOf`: at which version
 * a dataset stands.
 */
export function referenceAudit(
  node: DatasetNode,
  version: Pick<Version, "columns">,
  contentOf: (dataset: DatasetId) => InputContent | undefined,
): string | undefined {
  const asked = references(node, version.columns);
  if (asked.length === 0) return undefined;
  const seen = asked.map(({ check, dataset, column }) => {
    const content = contentOf(dataset);
    return [check.name, dataset, column, content === undefined ? null : columnContent(content, column)];
  });
  const contents = createHash("sha256").update(JSON.stringify(seen)).digest("hex");
  return `${node.auditFingerprint}/${contents}`;
}

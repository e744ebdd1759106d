import { createHash } from "node:crypto";
import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { hangsOnMoment, type LastCheck, lastChecks, type Reference } from "../graph/references.ts";
import type { Version } from "../graph/version.ts";
import { columnContent, type InputContent } from "./build-key.ts";

/** What a check looks into, and its content. What hangs on the moment has none that stays. */
function seenBy(last: LastCheck, content: InputContent | undefined): readonly (string | null)[] {
  if (hangsOnMoment(last)) return [];
  const { column } = last as Reference;
  return [column ?? null, content === undefined ? null : contentSeen(content, column)];
}

/** The content of a column, or of all. */
export const contentSeen = (content: InputContent, column: string | undefined): string =>
  column === undefined ? content.contentHash : columnContent(content, column);

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
  const asked = lastChecks(node, version.columns);
  if (asked.length === 0) return undefined;
  const seen = asked.map((last) => [last.check.name, last.dataset, ...seenBy(last, contentOf(last.dataset))]);
  const contents = createHash("sha256").update(JSON.stringify(seen)).digest("hex");
  return `${node.auditFingerprint}/${contents}`;
}

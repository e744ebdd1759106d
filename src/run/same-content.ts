import type { DatasetNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { type Context, perform, workSettings } from "./context.ts";
import { pinVersions } from "./pin-versions.ts";

/**
 * A candidate that is a view, where the version it replaces was built, or the other way round, or all of whose parts
 * were built anew: with that version's content hash where the rows are the same, so that nothing that reads it has to be
 * built again. Others stay as they are: what is built is compared when it is written, and comparing two views would
 * cost more than it may save.
 */
export async function withSameContent(
  context: Context,
  node: DatasetNode,
  candidate: Version,
): Promise<Version> {
  const current = context.versions.get(node.id);
  if (current === undefined || current.contentHash === candidate.contentHash) return candidate;
  const isOtherKind = (current.query === undefined) !== (candidate.query === undefined);
  if (!isOtherKind && !isAnew(candidate, current)) return candidate;
  if (current.rows !== candidate.rows || shapeOf(current) !== shapeOf(candidate) || isOrdered(node))
    return candidate;
  const [table, other] = await pinVersions(context.ports.store, [candidate, current]);
  if (table === undefined || other === undefined) return candidate;
  const settings = await workSettings(context, node, [], candidate.id);
  const attempt = `${settings.attempt}-compared`;
  const { same } = await perform(context, { kind: "audit", ...settings, attempt, table, other });
  return same
    ? { ...candidate, contentHash: current.contentHash, columns: originsOf(current, candidate) }
    : candidate;
}

/** Whether a version consists of parts of which the one before it has none. */
function isAnew({ files }: Version, current: Version): boolean {
  const before = new Set(current.files.map(({ key }) => key));
  return files.some(({ made }) => made !== undefined) && !files.some(({ key }) => before.has(key));
}

/** The candidate's columns with the contents that readers know. */
function originsOf(current: Version, { columns }: Version): Version["columns"] {
  const origins = new Map(current.columns.map(({ name, since }) => [name, since]));
  return columns.map(({ since: _, ...column }) => {
    const since = origins.get(column.name);
    return since === undefined ? column : { ...column, since };
  });
}

const isOrdered = (node: DatasetNode): boolean =>
  node.kind === "model" && node.by.kind === "sql" && node.by.ordered;

const shapeOf = ({ columns }: Version): string =>
  JSON.stringify(columns.map(({ name, engineType }) => [name, engineType]));

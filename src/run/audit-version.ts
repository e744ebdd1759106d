import type { DatasetNode } from "../graph/graph.ts";
import { called, type Version } from "../graph/version.ts";
import { ask } from "../quality/ask.ts";
import { judge } from "../quality/judge.ts";
import type { Verdict } from "../quality/verdict.ts";
import { type Context, judged, perform, type StageResult, workSettings } from "./context.ts";
import { pinVersion } from "./pin-versions.ts";
import { shownVerdict } from "./shown-verdict.ts";
import { withSameContent } from "./same-content.ts";

/** Let a dataset stand at a version that exists already, audited with the checks of today. */
export async function adopt(context: Context, node: DatasetNode, found: Version): Promise<StageResult> {
  const version = called(found, node.id);
  const verdict =
    (await knownVerdict(context, node, version)) ?? (await auditVersion(context, node, version));
  const result = judged(version, verdict, "reused");
  return version.counts ? { ...result, counts: version.counts } : result;
}

/**
 * Record a candidate with its verdict. Where a run in another environment has recorded the same build
 * meanwhile, the dataset stands at that version instead: one build key leads to one version.
 */
export async function record(
  context: Context,
  node: DatasetNode,
  made: Version,
  found: Verdict,
): Promise<StageResult> {
  const { store } = context.ports;
  const verdict = shownVerdict(context.graph, node, found);
  const candidate = await withSameContent(context, node, made);
  const id = await store.saveVersion(context.lease, candidate, {
    version: candidate.id,
    auditFingerprint: node.auditFingerprint,
    verdict,
  });
  if (id === candidate.id) return judged(candidate, verdict, "built");
  const [winner = candidate] = await store.versions([id]);
  return adopt(context, node, winner);
}

async function knownVerdict(
  context: Context,
  node: DatasetNode,
  version: Version,
): Promise<Verdict | undefined> {
  const audits = await context.ports.store.audits([version.id]);
  const known = audits.find((audit) => audit.auditFingerprint === node.auditFingerprint)?.verdict;
  return known === undefined ? undefined : shownVerdict(context.graph, node, known);
}

/** Audit a version where it lies, and record the verdict. */
async function auditVersion(context: Context, node: DatasetNode, version: Version): Promise<Verdict> {
  const asked = ask(node);
  const settings = await workSettings(context, node, asked, version.id);
  const { answers } = await perform(context, {
    kind: "audit",
    ...settings,
    attempt: `${settings.attempt}-audit`,
    table: await pinVersion(context.ports.store, version),
    ...(version.query === undefined ? { statistics: { rows: version.rows, columns: version.columns } } : {}),
  });
  const delivery = version.manifest?.delivery;
  const limits = node.kind === "source" && delivery ? { ...delivery, limits: node.quarantine } : undefined;
  const verdict = shownVerdict(context.graph, node, judge(asked, answers, limits));
  await context.ports.store.saveAudit(context.lease, {
    version: version.id,
    auditFingerprint: node.auditFingerprint,
    verdict,
  });
  return verdict;
}

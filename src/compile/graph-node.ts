import type { DatasetNode, GraphCheck, GraphColumn, ModelNode } from "../graph/graph.ts";
import type { DatasetDraft, ModelDraft } from "./draft.ts";
import { auditFingerprint, modelFingerprint, sourceFingerprint } from "./fingerprint.ts";
import type { ParsedModel } from "./parse-models.ts";

/** The node of a dataset that has no mistakes. */
export function buildNode(
  draft: DatasetDraft,
  columns: readonly GraphColumn[],
  checks: readonly GraphCheck[],
  model: ParsedModel | undefined,
): DatasetNode {
  const shared = {
    id: draft.id,
    path: draft.file.path,
    ...(draft.description === undefined ? {} : { description: draft.description }),
    ...(draft.owner === undefined ? {} : { owner: draft.owner }),
    tags: draft.tags,
    ...(draft.story === undefined ? {} : { story: draft.story }),
    columns,
    checks,
  };
  if (draft.kind === "source") {
    const from = draft.from ?? { kind: "generator" as const };
    return {
      ...shared,
      kind: "source",
      inputs: [],
      from,
      quarantine: draft.quarantine,
      ...(draft.freshness === undefined ? {} : { freshness: draft.freshness }),
      fingerprint: sourceFingerprint(from, columns, draft.file.hash),
      auditFingerprint: auditFingerprint(checks, [], draft.quarantine),
    };
  }
  return {
    ...shared,
    kind: "model",
    inputs: model?.inputs ?? [],
    by: howBuilt(draft, model),
    parameters: model?.parameters ?? [],
    fingerprint: modelFingerprint(model?.meaning ?? "", columns),
    auditFingerprint: auditFingerprint(checks, columns, undefined),
  };
}

function howBuilt(draft: ModelDraft, model: ParsedModel | undefined): ModelNode["by"] {
  return draft.query === undefined
    ? { kind: "rows", aliases: model?.aliases ?? {} }
    : { kind: "sql", sql: draft.query.sql, ordered: model?.ordered ?? false };
}

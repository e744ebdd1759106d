import type { DatasetNode, GraphCheck, ModelNode, QueryMeaning } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import type { BoundDataset } from "./bind-models.ts";
import type { DatasetDraft, ModelDraft } from "./draft.ts";
import { auditFingerprint, modelFingerprint, sourceFingerprint } from "./fingerprint.ts";
import { keptLineage } from "./kept-lineage.ts";
import type { ParsedModel } from "./parse-models.ts";

/** The node of a dataset that has no mistakes. */
export function buildNode(
  draft: DatasetDraft,
  { columns, lineage, unique }: BoundDataset,
  checks: readonly GraphCheck[],
  model: ParsedModel | undefined,
  {
    meaning,
    materialized,
  }: { readonly meaning?: QueryMeaning | undefined; readonly materialized?: Materialized | undefined },
): DatasetNode {
  const shared = {
    id: draft.id,
    path: draft.file.path,
    ...(draft.description === undefined ? {} : { description: draft.description }),
    ...(draft.owner === undefined ? {} : { owner: draft.owner }),
    tags: draft.tags,
    ...(draft.odcs === undefined ? {} : { odcs: draft.odcs }),
    ...(draft.story === undefined ? {} : { story: draft.story }),
    ...(draft.renamedFrom === undefined ? {} : { renamedFrom: draft.renamedFrom }),
    columns,
    checks,
    ...(draft.monitors === undefined ? {} : { monitors: draft.monitors }),
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
  const proven = unique?.(checks) ?? [];
  return {
    ...shared,
    kind: "model",
    inputs: model?.inputs ?? [],
    by: howBuilt(draft, model),
    parameters: model?.parameters ?? [],
    ...(materialized === undefined ? {} : { materialized }),
    ...(meaning === undefined ? {} : { meaning }),
    ...(lineage === undefined ? {} : { lineage: keptLineage(lineage, materialized) }),
    ...(proven.length === 0 ? {} : { unique: proven }),
    fingerprint: modelFingerprint(model?.exact ?? "", meaning, columns, materialized),
    auditFingerprint: auditFingerprint(checks, columns, undefined),
  };
}

function howBuilt(draft: ModelDraft, model: ParsedModel | undefined): ModelNode["by"] {
  return draft.query === undefined
    ? { kind: "rows", aliases: model?.aliases ?? {} }
    : { kind: "sql", sql: draft.query.sql, ordered: model?.ordered ?? false };
}

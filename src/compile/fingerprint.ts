import { createHash } from "node:crypto";
import type { ColumnSpec } from "../define/column.ts";
import type { GraphCheck, GraphColumn, QueryMeaning } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import type { SourceDraft } from "./draft.ts";
import { stableText } from "./graph-hash.ts";

const hash = (value: unknown): string => createHash("sha256").update(stableText(value)).digest("hex");

const namesAndTypes = (columns: readonly GraphColumn[]): string[][] =>
  columns.map((column) => [column.name, column.engineType]);

/** What of a column's contract decides about values: everything but documentation, classes and units. */
export function rulesOf(spec: ColumnSpec | undefined): object {
  const { description: _, tags: __, unit: ___, ...rules } = spec ?? { tags: [] };
  return rules;
}

/**
 * Of a source: where it reads, how, and what its contract accepts. A generator is code: its module's hash.
 */
export function sourceFingerprint(
  from: NonNullable<SourceDraft["from"]>,
  columns: readonly GraphColumn[],
  moduleHash: string,
): string {
  const contract = columns.map((column) => [column.name, column.engineType, rulesOf(column.declared)]);
  return hash(["source", from, contract, from.kind === "generator" ? moduleHash : ""]);
}

/**
 * Of a model: what its query means and which datasets it reads, its columns, and how it is kept. Where only the query as written
 * is known, that stands for its meaning, as the module's hash does for a definition with `rows`.
 */
export function modelFingerprint(
  exact: string,
  meaning: QueryMeaning | undefined,
  columns: readonly GraphColumn[],
  materialized?: Materialized,
): string {
  const content = meaning ? [meaning.query, meaning.tables] : exact;
  return hash([
    "model",
    content,
    namesAndTypes(columns),
    ...(materialized === undefined ? [] : [materialized]),
  ]);
}

/** Of what is asked about data that lies there already. A source's column rules act when it is read instead. */
export function auditFingerprint(
  checks: readonly GraphCheck[],
  audited: readonly GraphColumn[],
  quarantine: SourceDraft["quarantine"] | undefined,
): string {
  const rules = audited
    .filter((column) => column.declared !== undefined)
    .map((column) => [column.name, rulesOf(column.declared)]);
  // In which order checks are asked changes no answer.
  return hash(["audit", checks.map(stableText).toSorted(), rules, quarantine ?? null]);
}

import type { SampledRow, TableComparison } from "../engine/engine.ts";
import type { Version } from "../graph/version.ts";
import type { DatasetDiff, Diff } from "../run/diff.ts";
import type { DiffSide } from "../run/diff-side.ts";
import { type JsonValue, jsonValue } from "./query-value.ts";

/** What is known of one column that both sides have. */
export interface ColumnDiff {
  readonly column: string;
  /** Rows of both sides with another value, and their share of those rows; null where rows are not compared by key. */
  readonly changed: number | null;
  readonly share: number | null;
  readonly nulls: { readonly a: number | null; readonly b: number | null };
  /** Estimates; null where rows are compared by key or not at all. */
  readonly distinct: { readonly a: number; readonly b: number } | null;
  /** The engine's text; null where it is unknown or may not be shown. */
  readonly min: { readonly a: string | null; readonly b: string | null };
  readonly max: { readonly a: string | null; readonly b: string | null };
  /** Whether its values are personal data, and so not shown. */
  readonly hidden: boolean;
}

/** Every column that both sides have, in the order of b; a renamed one is not among them. */
export function columnDiffs({ a, b, hidden, rows, key }: DatasetDiff): readonly ColumnDiff[] {
  if (!a || !b) return [];
  const before = new Map(a.columns.map((column) => [column.name, column]));
  return b.columns.flatMap((now): ColumnDiff[] => {
    const old = before.get(now.name);
    if (!old) return [];
    const isHidden = hidden.has(now.name);
    // What is only known roughly cannot be compared.
    const isLoose = old.loose ?? now.loose ?? false;
    const limit = (which: "min" | "max") => ({
      a: (isHidden || isLoose ? null : old[which]) ?? null,
      b: (isHidden || isLoose ? null : now[which]) ?? null,
    });
    const changed = rows && key.length > 0 && !key.includes(now.name) ? (rows.values[now.name] ?? 0) : null;
    return [
      {
        column: now.name,
        changed,
        share: changed === null || !rows || rows.matched === 0 ? null : changed / rows.matched,
        nulls: isLoose ? { a: null, b: null } : { a: old.nulls, b: now.nulls },
        distinct: rows?.distinct[now.name] ?? null,
        min: limit("min"),
        max: limit("max"),
        hidden: isHidden,
      },
    ];
  });
}

function sideDocument({ name, release, versions }: DiffSide) {
  const [version] = release ? [] : [...versions.values()];
  return {
    name,
    environment: release?.environment ?? null,
    release: release?.number ?? null,
    at: release?.at ?? null,
    version: version?.id ?? null,
  };
}

const plainRow = (row: Readonly<Record<string, unknown>>): Record<string, JsonValue> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, jsonValue(value)]));

function rowsDocument(rows: TableComparison, key: readonly string[]) {
  const sampled = ({ row, times }: SampledRow) => ({
    row: plainRow(row),
    ...(times === undefined ? {} : { times }),
  });
  return {
    compared: key.length > 0 ? "by key" : "as wholes",
    added: rows.added,
    removed: rows.removed,
    changed: rows.changed,
    matched: key.length > 0 ? rows.matched : null,
    nullKeys: rows.nullKeys,
    repeatedKeys: rows.repeated,
    sample: {
      added: rows.sample.added.map(sampled),
      removed: rows.sample.removed.map(sampled),
      changed: rows.sample.changed.map((changed) => ({
        key: plainRow(changed.key),
        values: Object.fromEntries(
          Object.entries(changed.values).map(([column, value]) => [column, plainRow(value)]),
        ),
      })),
    },
  };
}

const versionDocument = (version: Version | undefined) =>
  version ? { id: version.id, rows: version.rows, bytes: version.bytes, builtAt: version.createdAt } : null;

/** What `diff --json` prints. */
export function diffDocument({ a, b, same, datasets }: Diff) {
  return {
    a: sideDocument(a),
    b: sideDocument(b),
    equal: datasets.length === 0,
    same,
    datasets: datasets.map((one) => ({
      dataset: one.dataset,
      before: one.before ?? null,
      change: one.change,
      a: versionDocument(one.a),
      b: versionDocument(one.b),
      schema: one.schema,
      reordered: one.reordered,
      key: one.key,
      note: one.note ?? null,
      rows: one.rows ? rowsDocument(one.rows, one.key) : null,
      columns: columnDiffs(one),
    })),
  };
}

import { isTextFormat } from "../define/text-format.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { DatasetNode, GraphCheck } from "../graph/graph.ts";

/** What a model's columns promise, as checks of severity `stop`. A source's gate enforces its promises row by row. */
export function promises(node: DatasetNode): readonly GraphCheck[] {
  if (node.kind !== "model") return [];
  const columns = node.columns.flatMap((c) => (c.declared ? columnChecks(c.name, c.declared) : []));
  return [...keyCheck(keyOf(node)), ...columns];
}

/** The columns that a dataset declares as its key. */
export const keyOf = (node: DatasetNode): readonly string[] =>
  node.columns.filter(({ declared }) => declared?.key).map(({ name }) => name);

const keyCheck = (columns: readonly string[]): readonly GraphCheck[] =>
  columns.length === 0
    ? []
    : [{ check: "duplicate_values", columns, name: `key (${columns.join(", ")})`, severity: "stop" }];

function columnChecks(column: string, spec: ColumnSpec): readonly GraphCheck[] {
  const promise = (what: string) => ({ name: `${column}: ${what}`, severity: "stop" }) as const;
  const { min, max, minLength, maxLength, pattern, oneOf } = spec;
  const checks: (GraphCheck | undefined)[] = [
    spec.nullable ? undefined : { check: "null_values", column, ...promise("null values") },
    spec.unique
      ? { check: "duplicate_values", columns: [column], ...promise("duplicate values") }
      : undefined,
    min === undefined && max === undefined
      ? undefined
      : { check: "value_range", column, ...limits(min, max), ...promise("value range") },
    minLength === undefined && maxLength === undefined
      ? undefined
      : { check: "length", column, ...limits(minLength, maxLength), ...promise("length") },
    pattern === undefined ? undefined : { check: "invalid_values", column, pattern, ...promise("pattern") },
    spec.format !== undefined && isTextFormat(spec.format)
      ? { check: "format", column, format: spec.format, ...promise(spec.format) }
      : undefined,
    oneOf && { check: "invalid_values", column, values: oneOf, ...promise("invalid values") },
  ];
  return checks.filter((check) => check !== undefined);
}

const limits = <V>(min: V | undefined, max: V | undefined): { readonly min?: V; readonly max?: V } => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

import type { CheckSpec } from "../../src/define/check-spec.ts";

/** What a model promises of one column. Declared columns are never null unless they say so. */
export interface ColumnRules {
  readonly key?: true;
  readonly nullable?: true;
  readonly unique?: true;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

/** One model of a generated project, before any tool's syntax. */
export interface ModelDefinition {
  /** `schema.name` */
  readonly name: string;
  /** A query that names other datasets as `schema.name`. */
  readonly sql: string;
  readonly columns: Readonly<Record<string, ColumnRules>>;
  readonly checks: readonly CheckSpec[];
}

/** A check of one dataset under a name that every contender can report. */
export interface NamedCheck {
  /** `schema.name: kind (columns)`, with the check's own name where it has one. */
  readonly id: string;
  readonly dataset: string;
  readonly spec: CheckSpec;
}

/** Every check of a model: what its columns promise, and what it lists. */
export function checksOf(model: ModelDefinition): readonly NamedCheck[] {
  const promised = Object.entries(model.columns).flatMap(([column, rules]) => columnChecks(column, rules));
  const keys = Object.entries(model.columns).flatMap(([column, rules]) => (rules.key ? [column] : []));
  const key: CheckSpec[] = keys.length > 0 ? [{ check: "duplicate_values", columns: keys }] : [];
  return [...key, ...promised, ...model.checks].map((spec) => ({
    id: `${model.name}: ${checkLabel(spec)}`,
    dataset: model.name,
    spec,
  }));
}

/** What tells a check from the others of its dataset: its name, or its kind and columns. */
export function checkLabel(spec: CheckSpec): string {
  if (spec.name !== undefined) return spec.name;
  if ("column" in spec) return `${spec.check} (${spec.column})`;
  return spec.check === "duplicate_values" ? `duplicate_values (${spec.columns.join(", ")})` : spec.check;
}

function columnChecks(column: string, rules: ColumnRules): readonly CheckSpec[] {
  const { min, max } = rules;
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return [
    ...(rules.nullable ? [] : [{ check: "null_values" as const, column }]),
    ...(rules.unique ? [{ check: "duplicate_values" as const, columns: [column] }] : []),
    ...(min === undefined && max === undefined ? [] : [{ check: "value_range" as const, column, ...limits }]),
    ...(rules.oneOf ? [{ check: "invalid_values" as const, column, values: rules.oneOf }] : []),
  ];
}

/** Names of datasets a query reads, among those that exist. */
export function datasetsIn(sql: string, known: Iterable<string>): readonly string[] {
  return [...known].filter((name) => new RegExp(`\\b${name.replace(".", "\\.")}\\b`).test(sql));
}

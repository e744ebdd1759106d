import type { ColumnSpec } from "../define/column.ts";

function limits(min: number | string | undefined, max: number | string | undefined, what: string): string {
  if (min !== undefined && max !== undefined) return `${what}${min} to ${max}`;
  if (min !== undefined) return `${what}at least ${min}`;
  return max === undefined ? "" : `${what}at most ${max}`;
}

/** What a contract asks of a column beside its type, in words: `key; at least 2; email; tagged pii.email`. */
export function columnRules(spec: ColumnSpec): string {
  const rules = [
    spec.key ? "key" : "",
    spec.unique ? "unique" : "",
    spec.nullable ? "may be null" : "",
    limits(spec.min, spec.max, ""),
    limits(spec.minLength, spec.maxLength, "length "),
    spec.pattern === undefined ? "" : `matches /${spec.pattern}/`,
    spec.format === undefined || spec.type !== "text" ? "" : spec.format,
    spec.oneOf === undefined ? "" : `one of ${spec.oneOf.join(", ")}`,
    spec.unit === undefined ? "" : `in ${spec.unit}`,
    spec.missing === undefined ? "" : `${spec.missing.join(", ")} for nothing`,
    spec.tags.length === 0 ? "" : `tagged ${spec.tags.join(", ")}`,
  ];
  return rules.filter((rule) => rule !== "").join("; ");
}

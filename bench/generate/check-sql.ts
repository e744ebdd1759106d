import type { CheckSpec } from "../../src/define/check-spec.ts";
import type { CheckVerdict } from "../same-work.ts";
import type { NamedCheck } from "./model-definition.ts";

const quoted = (value: string | number): string =>
  typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;

/** The condition under which a row offends, or undefined for checks of whole tables. */
export function offendingRow(spec: CheckSpec): string | undefined {
  switch (spec.check) {
    case "null_values":
      return `${spec.column} is null`;
    case "invalid_values":
      return spec.pattern === undefined
        ? `${spec.column} not in (${(spec.values ?? []).map(quoted).join(", ")})`
        : `not regexp_full_match(${spec.column}, ${quoted(spec.pattern)})`;
    case "length":
      return `length(${spec.column}) < ${spec.min ?? 0} or length(${spec.column}) > ${spec.max ?? Infinity}`;
    case "value_range":
      return [
        ...(spec.min === undefined ? [] : [`${spec.column} < ${quoted(spec.min)}`]),
        ...(spec.max === undefined ? [] : [`${spec.column} > ${quoted(spec.max)}`]),
      ].join(" or ");
    case "row_predicate":
      return `not (${spec.expression})`;
    default:
      return undefined;
  }
}

/** One check as one query by hand: its only value is the number of offending rows, or of rows for `row_count`. */
export function checkSql({ dataset, spec }: NamedCheck): string {
  const row = offendingRow(spec);
  if (row !== undefined) return `select count(*) from ${dataset} where ${row}`;
  switch (spec.check) {
    case "row_count":
      return `select count(*) from ${dataset}`;
    case "duplicate_values":
      return `select coalesce(sum(n - 1), 0)::bigint from (select count(*) as n from ${dataset}
        where ${spec.columns.map((column) => `${column} is not null`).join(" and ")} group by ${spec.columns.join(", ")} having count(*) > 1)`;
    case "referential_integrity": {
      const [table, key] = referenced(spec.to);
      return `select count(*) from ${dataset} a anti join ${table} b on b.${key} = a.${spec.column} where a.${spec.column} is not null`;
    }
    default:
      throw new Error(`no query by hand for a check of kind "${spec.check}"`);
  }
}

/** One check as one aggregate by hand, for a scan that answers many: the same value as that of `checkSql`. */
export function checkAggregate({ spec }: NamedCheck): string {
  const row = offendingRow(spec);
  // Measured against `count(case …)`, `count(*) filter` and sums: this is the cheapest form.
  if (row !== undefined) return `count_if(${row})`;
  if (spec.check === "row_count") return "count(*)";
  const [column, ...more] = spec.check === "duplicate_values" ? spec.columns : [];
  if (column === undefined || more.length > 0)
    throw new Error(`no aggregate by hand for a check of kind "${spec.check}"`);
  return `count(${column}) - count(distinct ${column})`;
}

/** `schema.name.column` as table and column. */
export function referenced(to: string): readonly [string, string] {
  const dot = to.lastIndexOf(".");
  return [to.slice(0, dot), to.slice(dot + 1)];
}

/** The verdict a value means. Missing references are counted by row here, elsewhere perhaps by value: not compared. */
export function verdictOf({ spec }: NamedCheck, value: number): CheckVerdict {
  if (spec.check === "row_count")
    return { passed: value >= (spec.min ?? 0) && value <= (spec.max ?? Infinity) };
  return { passed: value === 0, ...(spec.check === "referential_integrity" ? {} : { offending: value }) };
}

import type { ColumnSpec } from "../define/column.ts";
import type { DatasetNode, GraphCheck } from "../graph/graph.ts";
import type { Reference } from "../graph/references.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import type { CheckQuestion, Proof } from "./questions.ts";

/** A check together with what must be asked to judge it. */
export interface Asked {
  readonly check: GraphCheck;
  readonly question: CheckQuestion;
}

/**
 * Every check that a dataset must pass by its own rows, with its question: the ones its definition lists, and for
 * models the promises of its columns. A source's column rules are not asked here: its gate enforced them row by row.
 * What it says of other datasets is asked apart, by `askReferences`.
 */
export function ask(node: DatasetNode): readonly Asked[] {
  const promised =
    node.kind === "model"
      ? node.columns.flatMap((c) => (c.declared ? columnChecks(c.name, c.declared) : []))
      : [];
  const key = node.kind === "model" ? keyCheck(node) : [];
  const own = node.checks.filter(({ check }) => check !== "references");
  return [...key, ...promised, ...own].map((check, index) => ({
    check,
    question: question(`q${index}`, check),
  }));
}

/** What checks about two datasets ask: nobody can answer before both are known. */
export function askReferences(asked: readonly Reference[]): readonly Asked[] {
  return asked.map(({ check, dataset, column }, index) => ({
    check,
    question: { id: `q${index}`, ask: "missing", column: check.column, table: dataset, key: column },
  }));
}

function keyCheck(node: DatasetNode): GraphCheck[] {
  const columns = node.columns.filter((c) => c.declared?.key).map((c) => c.name);
  return columns.length === 0
    ? []
    : [{ check: "unique", columns, name: `key (${columns.join(", ")})`, severity: "stop" }];
}

/** The promises of one declared column as checks of severity `stop`. */
function columnChecks(column: string, spec: ColumnSpec): GraphCheck[] {
  const stop = "stop" as const;
  const checks: GraphCheck[] = [];
  if (!spec.nullable) checks.push({ check: "not_null", column, name: `${column}: not null`, severity: stop });
  if (spec.unique)
    checks.push({ check: "unique", columns: [column], name: `${column}: unique`, severity: stop });
  if (spec.min !== undefined || spec.max !== undefined) {
    const limits = {
      ...(spec.min === undefined ? {} : { min: spec.min }),
      ...(spec.max === undefined ? {} : { max: spec.max }),
    };
    checks.push({ check: "range", column, ...limits, name: `${column}: range`, severity: stop });
  }
  if (spec.minLength !== undefined || spec.maxLength !== undefined) {
    const limits = {
      ...(spec.minLength === undefined ? {} : { min: spec.minLength }),
      ...(spec.maxLength === undefined ? {} : { max: spec.maxLength }),
    };
    checks.push({ check: "length", column, ...limits, name: `${column}: length`, severity: stop });
  }
  if (spec.pattern !== undefined) {
    checks.push({
      check: "pattern",
      column,
      pattern: spec.pattern,
      name: `${column}: pattern`,
      severity: stop,
    });
  }
  if (spec.oneOf) {
    checks.push({
      check: "accepted_values",
      column,
      values: spec.oneOf,
      name: `${column}: accepted values`,
      severity: stop,
    });
  }
  return checks;
}

function question(id: string, check: GraphCheck): CheckQuestion {
  const offends = rowCondition(check);
  if (offends !== undefined) {
    const proof = proofOf(check);
    return {
      id,
      ask: "aggregate",
      expression: `count(case when ${offends} then 1 end)`,
      sample: offends,
      ...(proof ? { proof } : {}),
    };
  }
  switch (check.check) {
    case "row_count":
      return { id, ask: "aggregate", expression: "count(*)", proof: { by: "rows" } };
    case "unique":
      return { id, ask: "duplicates", columns: check.columns };
    case "sql":
      return { id, ask: "rows", sql: check.sql };
    default:
      throw new Error(`no question for a check of kind ${check.check}`);
  }
}

function proofOf(check: GraphCheck): Proof | undefined {
  if (check.check === "not_null") return { by: "nulls", column: check.column };
  if (check.check !== "range" || typeof check.min === "string" || typeof check.max === "string")
    return undefined;
  const { column, min, max } = check;
  return {
    by: "limits",
    column,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** The SQL condition under which a row offends, for checks that judge rows one by one. */
function rowCondition(check: GraphCheck): string | undefined {
  switch (check.check) {
    case "not_null":
      return `${quoteName(check.column)} is null`;
    case "accepted_values":
      return `${quoteName(check.column)} not in (${check.values.map(literal).join(", ")})`;
    case "range":
      return outside(quoteName(check.column), check.min, check.max);
    case "length":
      return outside(`length(${quoteName(check.column)})`, check.min, check.max);
    case "pattern":
      return `not regexp_full_match(${quoteName(check.column)}, ${literal(check.pattern)})`;
    case "expression":
      return `not (${check.expression})`;
    default:
      return undefined;
  }
}

function outside(value: string, min: number | string | undefined, max: number | string | undefined): string {
  const sides = [
    ...(min === undefined ? [] : [`${value} < ${literal(min)}`]),
    ...(max === undefined ? [] : [`${value} > ${literal(max)}`]),
  ];
  return sides.length === 0 ? "false" : sides.join(" or ");
}

const literal = (value: string | number): string =>
  typeof value === "number" ? String(value) : quoteText(value);

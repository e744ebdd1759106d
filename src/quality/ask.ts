import type { DatasetNode, GraphCheck } from "../graph/graph.ts";
import { isJudgedLast } from "../graph/references.ts";
import { measuring } from "./measurements.ts";
import { keyOf, promises } from "./promises.ts";
import type { CheckQuestion, Proof } from "./questions.ts";
import { rowCondition } from "./row-rules.ts";
import { matchQuery } from "./schema-rules.ts";
import { offendersQuery } from "./set-rules.ts";

/** A check together with what must be asked to judge it. */
export interface Asked {
  readonly check: GraphCheck;
  readonly question: CheckQuestion;
}

/**
 * Every check that a dataset must pass by its own rows, with its question: the ones its definition lists, and for
 * models the promises of its columns. A source's column rules are not asked here: its gate enforced them row by row.
 * What it says of other datasets, and of the moment, is asked apart, by `askLast`.
 */
export function ask(node: DatasetNode): readonly Asked[] {
  const own = node.checks.filter((check) => !isJudgedLast(check));
  return [...promises(node), ...own].map((check, index) => ({
    check,
    question: questionOf(`q${index}`, check, node),
  }));
}

/** The condition of a check as its question has it. */
export const whereOf = ({ where }: GraphCheck): { readonly where?: string } =>
  where === undefined ? {} : { where };

/** What a check asks of the rows of its own dataset. */
export function questionOf(
  id: string,
  check: GraphCheck,
  node: DatasetNode,
  runTime?: string,
): CheckQuestion {
  const { where } = check;
  const base = { id, ...whereOf(check) };
  const first = keyOf(node);
  const offends = rowCondition(check, {
    columns: node.columns,
    ...(runTime === undefined ? {} : { runTime }),
  });
  if (offends !== undefined) {
    const sample = where === undefined ? offends : `(${where}\n) and (${offends})`;
    const columns = columnsOf(check);
    return {
      ...base,
      ask: "aggregate",
      expression: `count(case when ${sample} then 1 end)`,
      sample,
      first,
      ...proofOf(check),
      ...(columns === undefined ? {} : { columns }),
    };
  }
  const measured = measuring(check, node.columns.length);
  if (measured !== undefined && "query" in measured) return { ...base, ask: "measure", sql: measured.query };
  if (measured !== undefined) {
    const { aggregate, ...about } = measured;
    const counts = check.check === "row_count" && where === undefined;
    return {
      ...base,
      ask: "aggregate",
      expression: aggregate,
      ...(counts ? { proof: { by: "rows" } as const } : {}),
      ...(where === undefined ? about : {}),
    };
  }
  if (check.check === "duplicate_values") return { ...base, ask: "duplicates", columns: check.columns };
  const names = node.columns.map(({ name }) => name);
  const sql =
    check.check === "schema_match"
      ? matchQuery(check, node.columns)
      : offendersQuery(check, { key: first, names });
  if (sql === undefined) throw new Error(`no question for a check of kind ${check.check}`);
  return { ...base, ask: "rows", sql };
}

/** The only column whose values decide, with `where` none: that is SQL which somebody wrote. */
function columnsOf(check: GraphCheck): readonly string[] | undefined {
  if (check.where !== undefined || check.check === "row_predicate" || check.check === "pii_leak")
    return undefined;
  const others = ["other", "arrived", "total"].flatMap((setting) => {
    const value = (check as unknown as Readonly<Record<string, unknown>>)[setting];
    return typeof value === "string" ? [value] : [];
  });
  if ("column" in check) return [check.column, ...others];
  return check.check === "column_sum" || check.check === "unique_within_row"
    ? [...check.columns, ...others]
    : undefined;
}

/** That nothing offends in all rows proves that nothing does in some. */
function proofOf(check: GraphCheck): { readonly proof?: Proof } {
  if (check.check === "null_values") return { proof: { by: "nulls", column: check.column } };
  if (check.check === "invalid_values" && check.values !== undefined)
    return { proof: { by: "values", column: check.column, values: check.values } };
  if (check.check !== "value_range") return {};
  const { column, min, max } = check;
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { proof: { by: "limits", column, ...limits } };
}

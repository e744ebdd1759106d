import type { DatasetId, DatasetNode, GraphCheck } from "../graph/graph.ts";
import { target } from "../graph/references.ts";
import { boundedResult } from "./bounded-result.ts";
import { failedItself } from "./judge.ts";
import type { CheckResult } from "./verdict.ts";

/** Columns whose values may be somebody's, by dataset. */
export type PersonalColumns = ReadonlyMap<DatasetId, ReadonlySet<string>>;

/** Kinds of checks whose message is a value of a row, or of a few, or whatever a query makes of them. */
const telling: ReadonlySet<string> = new Set<CheckResult["check"]>([
  "min",
  "max",
  "median",
  "quantile",
  "top_value",
  "aggregate_match",
  "metric_sql",
]);

/** Kinds whose samples are no rows of data: what they say of columns and counts is nobody's. */
const impersonal: ReadonlySet<string> = new Set<CheckResult["check"]>([
  "row_count_match",
  "schema_match",
  "schema_change",
  "quarantine",
  "file",
  "monitor",
]);

/**
 * What checks of a dataset found, as it may be kept, printed and sent: in a size that is fit for it, and without values of columns that may hold personal
 * data. What a check made up by itself may hold anything of its dataset, and of one that it compares with.
 */
export function shownResults(
  results: readonly CheckResult[],
  node: Pick<DatasetNode, "id" | "columns" | "checks">,
  personal: PersonalColumns,
): readonly CheckResult[] {
  const checks = new Map(node.checks.map((check) => [check.name, check]));
  return results.map((result) => {
    const check = checks.get(result.name);
    const secret = secretOf(node, check, personal);
    const shown = secret.size === 0 ? result : withoutRows(withoutValue(result, check, secret), node, secret);
    return boundedResult(shown);
  });
}

/** Personal columns of a dataset, and of the one that a check compares it with, in lower case. */
function secretOf(
  { id }: Pick<DatasetNode, "id">,
  check: GraphCheck | undefined,
  personal: PersonalColumns,
): ReadonlySet<string> {
  const own = personal.get(id) ?? new Set<string>();
  const other =
    check?.check === "aggregate_match" || check?.check === "dataset_diff" ? target(check) : undefined;
  const theirs = other === undefined ? [] : [...(personal.get(other.dataset) ?? [])];
  // Of a column with another name there, what is personal is this one's.
  const told =
    check?.check === "aggregate_match" && theirs.some((name) => isSame(name, other?.column))
      ? [...theirs, check.column]
      : theirs;
  return new Set([...own, ...told].map((name) => name.toLowerCase()));
}

const isSame = (one: string, other: string | undefined): boolean =>
  one.toLowerCase() === other?.toLowerCase();

/** Whether a check measures personal data. Of a query nobody knows: where there is such data, it may. */
function withoutValue(
  result: CheckResult,
  check: GraphCheck | undefined,
  secret: ReadonlySet<string>,
): CheckResult {
  if (result.message.startsWith(failedItself))
    return {
      ...result,
      message: `${failedItself}; on what may be personal data, and is not told`,
    };
  const { column } = { column: undefined, ...check };
  const isAbout = typeof column !== "string" || secret.has(column.toLowerCase());
  if (!telling.has(result.check) || !isAbout) return result;
  const where = result.passed ? "within" : "outside";
  return {
    ...result,
    value: 0,
    message: `it is ${where} its limits; what it is may be personal data, and is not told`,
  };
}

function withoutRows(
  result: CheckResult,
  { columns }: Pick<DatasetNode, "columns">,
  secret: ReadonlySet<string>,
): CheckResult {
  if (result.sample.length === 0 || impersonal.has(result.check)) return result;
  const own = new Set(columns.map(({ name }) => name.toLowerCase()));
  const isHidden = (name: string): boolean =>
    secret.has(name.toLowerCase()) || result.check === "sql" || !own.has(name.toLowerCase());
  const names = [...new Set(result.sample.flatMap((row) => Object.keys(row)))];
  const hidden = [...new Set([...(result.hidden ?? []), ...names.filter(isHidden)])];
  const sample = result.sample
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !isHidden(name))))
    .filter((row) => Object.keys(row).length > 0);
  return hidden.length === 0 ? result : { ...result, sample, hidden };
}

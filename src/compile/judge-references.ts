/** Checks that compare with another dataset: it must exist, and have what they look into. */
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import { target } from "../graph/references.ts";
import type { CheckDraft } from "./checks.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { DatasetEntry } from "./draft.ts";
import { canBeEqual } from "./judge-checks.ts";
import { valueKindOf } from "./value-kind.ts";

type ColumnsOf = (id: string) => readonly GraphColumn[] | undefined;

/** Judge the checks that compare with other datasets. Called when all columns are known. */
export function judgeReferences(
  { id: reader, mistakes }: DatasetEntry,
  checks: readonly CheckDraft[],
  names: DatasetNames,
  columnsOfDataset: ColumnsOf,
): void {
  for (const { check, placeOf } of checks) {
    if (!("to" in check) || check.to === undefined) continue;
    const { dataset: id, column } = target(check);
    const found = id.includes(".") ? names.find(id) : undefined;
    if (found === "unreadable") continue;
    if (found === undefined) {
      const form = column === undefined ? "schema.name" : "schema.name.column";
      const example = column === undefined ? "people.members" : "people.members.id";
      const suggestion = id.includes(".") ? names.suggest(id) : `write ${form}, such as "${example}"`;
      const message = `a check refers to "${check.to}", but there is no dataset "${id}"`;
      mistakes.add("unknown-dataset", placeOf("to"), message, { suggestion });
      continue;
    }
    const columns = columnsOfDataset(found.id);
    const own = columnsOfDataset(reader);
    if (found.id === reader && comparesItself(check, column)) {
      mistakes.add(
        "bad-setting",
        placeOf("to"),
        `"${check.check}" can never fail: it compares ${reader} with itself`,
      );
      continue;
    }
    if (columns === undefined || own === undefined) continue;
    for (const [name, other] of compared(check, column, own)) {
      const one = find(own, name);
      const matching = find(columns, other);
      if (matching === undefined) {
        const message = `a check refers to column "${other}", which does not exist in ${found.id}`;
        const suggestion = didYouMean(
          other,
          columns.map((known) => known.name),
        );
        mistakes.add("unknown-column", placeOf("to"), message, { suggestion });
      } else if (one !== undefined && !canCompare(check, one, matching)) {
        const message = `a check compares "${one.name}", which is ${one.engineType}, with ${found.id}.${matching.name}, which is ${matching.engineType}`;
        mistakes.add("type-clash", placeOf("to"), message, { suggestion: "cast one of them in its model" });
      }
    }
  }
}

/** Both sides are the same when the dataset is, or its column: nothing is ever found. */
function comparesItself(check: GraphCheck, column: string | undefined): boolean {
  if (check.check === "row_count_match") return check.where === undefined;
  if (check.check === "dataset_diff") return check.where === undefined;
  return check.check === "referential_integrity" && check.column.toLowerCase() === column?.toLowerCase();
}

const find = (columns: readonly GraphColumn[], name: string): GraphColumn | undefined =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

/** The columns that a check compares, of its own dataset and of the other one. */
function compared(
  check: GraphCheck,
  column: string | undefined,
  own: readonly GraphColumn[],
): readonly (readonly [own: string, other: string])[] {
  if (check.check === "dataset_diff")
    return (check.columns ?? own.map(({ name }) => name)).map((name) => [name, name]);
  return "column" in check && column !== undefined ? [[check.column, column]] : [];
}

function canCompare(check: GraphCheck, one: GraphColumn, other: GraphColumn): boolean {
  if (check.check !== "aggregate_match") return canBeEqual(one, other);
  if (check.aggregate === "count" || check.aggregate === "distinct_count") return true;
  const areNumbers = [one, other].every(({ engineType }) => valueKindOf(engineType) === "number");
  const isOrder = check.aggregate === "min" || check.aggregate === "max";
  return areNumbers || (isOrder && check.tolerance === undefined && canBeEqual(one, other));
}

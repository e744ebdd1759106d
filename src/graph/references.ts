import type { DatasetId, DatasetNode, GraphCheck } from "./graph.ts";

/** A check that compares a column with one of another dataset, or of its own. */
export interface Reference {
  readonly check: Extract<GraphCheck, { readonly check: "referential_integrity" }>;
  /** The dataset it refers to, and the column there. */
  readonly dataset: DatasetId;
  readonly column: string;
}

/** Whether a check speaks of more than the rows of its own dataset: it is judged when all datasets are known. */
export const isJudgedLast = (check: GraphCheck): boolean => check.check === "referential_integrity";

/**
 * What the checks of a dataset refer to, in their order. With `columns`, only the checks about those: a version that
 * was made before a column was there is not what a check of that column speaks of.
 */
export function references(
  node: Pick<DatasetNode, "checks">,
  columns?: readonly { readonly name: string }[],
): readonly Reference[] {
  const names = columns && new Set(columns.map(({ name }) => name.toLowerCase()));
  return node.checks.flatMap((check) => {
    if (check.check !== "referential_integrity" || names?.has(check.column.toLowerCase()) === false)
      return [];
    const dot = check.to.lastIndexOf(".");
    return [{ check, dataset: check.to.slice(0, dot), column: check.to.slice(dot + 1) }];
  });
}

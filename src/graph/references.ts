import type { DatasetId, DatasetNode, GraphCheck } from "./graph.ts";

/** Checks that compare with another dataset, or with another version of their own. */
type Comparing = Extract<
  GraphCheck,
  {
    readonly check:
      | "referential_integrity"
      | "row_count_match"
      | "aggregate_match"
      | "dataset_diff"
      | "distribution_drift";
  }
>;

/** Checks whose answer hangs on the moment: on the time of the run, or on what is published before it. */
type Momentary = Extract<
  GraphCheck,
  { readonly check: "freshness" | "future_dates" | "schema_change" | "distribution_drift" }
>;

/** A check that compares its dataset with another one, or with itself. */
export interface Reference {
  readonly check: Comparing;
  /** The dataset it refers to. */
  readonly dataset: DatasetId;
  /** The column there that it looks into; absent where it looks into all. */
  readonly column?: string;
}

/** A check that is judged when all datasets are known, with the dataset that it looks into. */
export type LastCheck = Reference | { readonly check: Momentary; readonly dataset: DatasetId };

const comparing: ReadonlySet<string> = new Set([
  "referential_integrity",
  "row_count_match",
  "aggregate_match",
  "dataset_diff",
] satisfies Comparing["check"][]);
const momentary: ReadonlySet<string> = new Set([
  "freshness",
  "future_dates",
  "schema_change",
  "distribution_drift",
] satisfies Momentary["check"][]);

/** Drift is one from another dataset, or from what is published. */
const isDriftFromOther = (check: GraphCheck): boolean =>
  check.check === "distribution_drift" && check.to !== undefined;

const isComparing = (check: GraphCheck): check is Comparing =>
  comparing.has(check.check) || isDriftFromOther(check);
const isMomentary = (check: GraphCheck): check is Momentary =>
  momentary.has(check.check) && !isDriftFromOther(check);

/** Whether a check speaks of more than the rows of its own dataset: it is judged when all datasets are known. */
export const isJudgedLast = (check: GraphCheck): boolean => isComparing(check) || isMomentary(check);

/** Whether another moment may answer otherwise, so that no earlier verdict is good for this one. */
export const hangsOnMoment = ({ check }: LastCheck): boolean => isMomentary(check);

/** What a check names that compares: `schema.name`, or `schema.name.column` where it looks into one. */
export function target(check: Comparing): Pick<Reference, "dataset" | "column"> {
  if (check.check === "row_count_match" || check.check === "dataset_diff") return { dataset: check.to };
  const { to = "" } = check;
  // A dataset has one dot in its name; a column may have as many as it likes.
  const second = to.indexOf(".", to.indexOf(".") + 1);
  const dot = second < 0 ? to.lastIndexOf(".") : second;
  return { dataset: to.slice(0, dot), column: to.slice(dot + 1) };
}

/**
 * What the checks of a dataset refer to, in their order. With `columns`, only the checks about those: a version that
 * was made before a column was there is not what a check of that column speaks of.
 */
export function references(
  node: Pick<DatasetNode, "checks">,
  columns?: readonly { readonly name: string }[],
): readonly Reference[] {
  return node.checks.flatMap((check) =>
    isComparing(check) && isAbout(check, columns) ? [{ check, ...target(check) }] : [],
  );
}

/** The checks of a dataset that are judged last, in their order, as far as they are about these columns. */
export function lastChecks(
  node: Pick<DatasetNode, "id" | "checks">,
  columns?: readonly { readonly name: string }[],
): readonly LastCheck[] {
  return node.checks.flatMap((check): LastCheck[] => {
    if (!isAbout(check, columns)) return [];
    if (isComparing(check)) return [{ check, ...target(check) }];
    return isMomentary(check) ? [{ check, dataset: node.id }] : [];
  });
}

function isAbout(check: GraphCheck, columns: readonly { readonly name: string }[] | undefined): boolean {
  if (columns === undefined) return true;
  const named = [
    ...("column" in check ? [check.column] : []),
    ...(check.check === "dataset_diff" ? (check.columns ?? []) : []),
  ];
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  return named.every((column) => names.has(column.toLowerCase()));
}

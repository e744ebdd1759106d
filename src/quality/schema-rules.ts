import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { isReordered, schemaChanges } from "../graph/schema-changes.ts";
import type { TableColumn } from "../graph/table-column.ts";
import { quoteText } from "../sql/quote.ts";
import { schemaDifferences } from "../sql/schema-match.ts";

type Rule<K extends GraphCheck["check"]> = Extract<GraphCheck, { readonly check: K }>;

/** The query whose rows are the columns that are not as they are wanted. */
export const matchQuery = (check: Rule<"schema_match">, columns: readonly GraphColumn[]): string =>
  tell(schemaDifferences(check, columns));

/** The query whose rows are the changes since the version before that are not allowed; none where there was none. */
export function changesQuery(
  { allow = [] }: Rule<"schema_change">,
  before: readonly TableColumn[] | undefined,
  columns: readonly TableColumn[],
): string {
  if (before === undefined) return tell([]);
  const changes = schemaChanges(before, columns).flatMap((one) => {
    if (one.change === "renamed" || allow.includes(one.change)) return [];
    const problem = one.change === "retyped" ? `was ${one.from}, is ${one.to}` : `was ${one.change}`;
    return [{ column: one.column, problem }];
  });
  const moved = isReordered(before, columns) && !allow.includes("moved");
  return tell([...changes, ...(moved ? [{ column: "", problem: "the columns are in another order" }] : [])]);
}

function tell(problems: readonly { readonly column: string; readonly problem: string }[]): string {
  const rows = problems.map(({ column, problem }) => `(${quoteText(column)}, ${quoteText(problem)})`);
  return rows.length === 0
    ? "select 1 as problem where false"
    : `select * from (values ${rows.join(", ")}) as problems("column", problem)`;
}

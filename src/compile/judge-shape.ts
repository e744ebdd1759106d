/** What a check says of a dataset's columns, which are known now: one that never holds need not wait for a run. */
import type { GraphColumn } from "../graph/graph.ts";
import { schemaDifferences } from "../sql/schema-match.ts";
import type { CheckDraft } from "./checks.ts";
import type { Mistakes } from "./validate.ts";

/** Report a check of severity `stop` that the dataset's columns do not pass; one that only warns does so in the run. */
export function judgeShape(
  mistakes: Mistakes,
  { check, placeOf }: CheckDraft,
  columns: readonly GraphColumn[],
): void {
  if (check.severity === "warn") return;
  if (check.check === "schema_match") {
    const differences = schemaDifferences(check, columns);
    if (differences.length === 0) return;
    const said = differences.map(({ column, problem }) => `"${column}" ${problem}`).join(", ");
    mistakes.add("bad-setting", placeOf("columns"), `"schema_match" can never hold: ${said}`);
  }
  if (check.check === "column_count") {
    const { min = 0, max = Infinity } = check;
    if (columns.length >= min && columns.length <= max) return;
    mistakes.add(
      "bad-setting",
      placeOf(),
      `"column_count" can never hold: there are ${columns.length} columns`,
    );
  }
}

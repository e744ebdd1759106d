import type { GraphCheck } from "../graph/graph.ts";
import { numberText } from "../graph/number-text.ts";
import { percent, rows } from "./offence.ts";
import type { CheckAnswer } from "./questions.ts";

/** What was found by a check whose answer says more than a number; undefined for the others. */
export function tellFinding(check: GraphCheck, { sample }: CheckAnswer): string | undefined {
  const [found = {}] = sample;
  switch (check.check) {
    case "top_value":
      if (typeof found["share"] !== "number")
        return `there is nothing to measure: ${check.column} has no value`;
      return `the most frequent value of ${check.column} is ${JSON.stringify(found["value"])}, in ${percent(found["share"])} of the rows`;
    case "row_count_match":
      return `${rows(Number(found["rows"]))}, and ${check.to} has ${said(found["expected"])}`;
    case "aggregate_match":
      return `${check.aggregate}(${check.column}) is ${said(found["here"])}, and of ${check.to} ${said(found["there"])}`;
    case "schema_match":
    case "schema_change": {
      const problems = sample.map(({ column, problem }) => [column, problem].filter(Boolean).join(" "));
      return problems.join(", ");
    }
    default:
      return undefined;
  }
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "number") return numberText(value, 12);
  return typeof value === "string" ? value : JSON.stringify(value);
}

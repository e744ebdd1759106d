/** From an expression of the plan to what flows into its value. */
import { constant, type Flow, type Ledger, strength, unknown } from "./flow.ts";
import type { ExpressionNode } from "./plan-node.ts";
import type { Scope } from "./relation.ts";

/** What flows into the value of a scalar expression. What is not known here is not proven. */
export function flowOf(expression: ExpressionNode | undefined, scope: Scope, ledger: Ledger): Flow {
  switch (expression?.expression_class) {
    case "BOUND_REF":
    case "BOUND_COLUMN_REF":
      return scope.flow(expression);
    case "BOUND_CONSTANT":
      return constant;
    case "BOUND_BETWEEN":
    case "BOUND_CASE":
    case "BOUND_CAST":
    case "BOUND_COMPARISON":
    case "BOUND_CONJUNCTION":
    case "BOUND_OPERATOR":
    case "BOUND_FUNCTION": {
      const parts = partsOf(expression);
      if (parts === undefined) return unknown;
      const flows = flowsOf(parts, scope, ledger);
      const flow = ledger.merge(flows, strength.expression);
      if (!listMakers.has(expression.name ?? "")) return flow;
      return { ...flow, elements: ledger.merge(flows, strength.identity) };
    }
    default:
      return unknown;
  }
}

/** Functions that make a list of their arguments, one element of each. */
const listMakers = new Set(["list_value", "unpivot_list"]);

export const flowsOf = (
  expressions: readonly ExpressionNode[] | undefined,
  scope: Scope,
  ledger: Ledger,
): Flow[] => (expressions ?? []).map((expression) => flowOf(expression, scope, ledger));

/** Members of an expression in which no other expression stands. */
const plain = new Set([
  "expression_class",
  "type",
  "alias",
  "query_location",
  "return_type",
  "name",
  "arguments",
  "original_arguments",
  "catalog_name",
  "schema_name",
]);

/**
 * The expressions directly inside an expression, whatever the members are called, without those in `known`;
 * undefined where there may be more than can be seen.
 */
export function partsOf(
  expression: ExpressionNode,
  known: ReadonlySet<string> = nothingKnown,
): ExpressionNode[] | undefined {
  const parts: ExpressionNode[] = [];
  for (const [member, value] of Object.entries(expression)) {
    if (typeof value !== "object" || value === null || plain.has(member) || known.has(member)) continue;
    if (member !== "function_data") collect(value, parts);
    else if (hidesReferences(value)) return undefined;
  }
  return parts;
}

const nothingKnown: ReadonlySet<string> = new Set();

function collect(value: object, parts: ExpressionNode[]): void {
  if ("expression_class" in value) {
    parts.push(value as ExpressionNode);
    return;
  }
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) collect(inner, parts);
}

/**
 * Whether the settings of a function name columns. The body of a lambda is known: it sees its parameters, which
 * are elements of an argument, and columns that are arguments themselves.
 */
function hidesReferences(data: object): boolean {
  if ("expression_class" in data && String(data.expression_class).endsWith("REF")) return true;
  return Object.entries(data).some(
    ([member, value]: [string, unknown]) =>
      typeof value === "object" && value !== null && member !== "lambda_expr" && hidesReferences(value),
  );
}

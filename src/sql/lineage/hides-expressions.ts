/** Whether an operator has expressions in members other than these, and its inputs. */
export function hidesExpressions(node: object, members: readonly string[]): boolean {
  for (const [member, value] of Object.entries(node) as [string, unknown][]) {
    if (typeof value !== "object" || value === null) continue;
    if (plain.has(member) || members.includes(member)) continue;
    if (holdsExpression(value)) return true;
  }
  return false;
}

/** Inputs, which are operators themselves, and members that are long lists of names, numbers and types. */
const plain = new Set([
  "children",
  "names",
  "returned_types",
  "column_indexes",
  "arguments",
  "original_arguments",
  "chunk_types",
  "expr_types",
  "mark_types",
  "bound_columns",
]);

function holdsExpression(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "expression_class" in value || Object.values(value).some(holdsExpression);
}

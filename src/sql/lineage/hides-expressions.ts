/** Whether an operator has expressions in members other than these, and its inputs. */
export function hidesExpressions(node: object, members: readonly string[]): boolean {
  for (const member in node) {
    const value = (node as Readonly<Record<string, unknown>>)[member];
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
  if ("expression_class" in value) return true;
  for (const member in value)
    if (holdsExpression((value as Readonly<Record<string, unknown>>)[member])) return true;
  return false;
}

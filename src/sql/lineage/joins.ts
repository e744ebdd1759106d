/** Operators of the plan that put two inputs side by side. */
import { flowOf } from "./expressions.ts";
import { type Flow, type Ledger, nothing, strength, Unproven } from "./flow.ts";
import type { ExpressionNode, JoinCondition, PlanNode } from "./plan-node.ts";
import {
  absorb,
  bothChildren,
  type Column,
  missing,
  project,
  type Relation,
  Scope,
  type Walk,
} from "./relation.ts";

/** A join with conditions; a `DELIM` join computes its right side for each row of the left one. */
export function join(node: PlanNode, walk: Walk): Relation {
  const [leftNode, rightNode] = bothChildren(node);
  const left = walk.relation(leftNode);
  const copies = node.type === "LOGICAL_DELIM_JOIN" ? copyOuter(node, left) : undefined;
  if (copies !== undefined) walk.outer.push(copies.map((one) => one.copy));
  const right = walk.relation(rightNode);
  if (copies !== undefined) walk.outer.pop();
  const conditions = readConditions(node, left, right, copies ?? [], walk.ledger);
  const whole = combine(node, left, right, conditions, walk.ledger);
  return { ...whole, columns: whole.columns.map((column) => settle(column, copies ?? [])) };
}

/** Beside the row that it was copied from, a copy is a column like any other. */
function settle(column: Column, copies: readonly Copy[]): Column {
  if (column.flow.outer === undefined) return column;
  const copy = copies.find((one) => one.copy.flow.outer === column.flow.outer);
  return copy === undefined || column.flow.outer === copy.of.flow.outer
    ? column
    : { ...column, flow: copy.of.flow };
}

interface Copy {
  /** The column of the left input. */
  readonly of: Column;
  readonly copy: Column;
}

function copyOuter(node: PlanNode, left: Relation): Copy[] {
  if (node.delim_flipped === true) throw new Unproven("a join that is turned around");
  const scope = new Scope(left.columns);
  return (node.duplicate_eliminated_columns ?? []).map((expression) => {
    const column = isReference(expression) ? scope.find(expression) : undefined;
    if (column === undefined) throw new Unproven("a copy of something other than a column");
    const { flow } = column;
    return {
      of: column,
      copy: { ...column, flow: flow.outer === undefined ? { ...flow, outer: {} } : flow },
    };
  });
}

const isReference = ({ expression_class }: ExpressionNode): boolean =>
  expression_class === "BOUND_REF" || expression_class === "BOUND_COLUMN_REF";

interface Conditions {
  /** The values that are compared. */
  readonly flows: readonly Flow[];
  /** Whether the join only brings copies of outer rows back to their rows. */
  readonly copiesOnly: boolean;
}

function readConditions(
  node: PlanNode,
  left: Relation,
  right: Relation,
  copies: readonly Copy[],
  ledger: Ledger,
): Conditions {
  const sides = { left: new Scope(left.columns), right: new Scope(right.columns) };
  const all = node.conditions ?? [];
  if (!all.every(isComparison)) throw new Unproven("a join condition that is no comparison");
  const own = all.filter((condition) => !rejoins(condition, sides, copies));
  const flows = own.flatMap((condition) => [
    flowOf(condition.left, sides.left, ledger),
    flowOf(condition.right, sides.right, ledger),
  ]);
  const both = new Scope([...left.columns, ...right.columns]);
  for (const more of [node.condition, node.predicate])
    if (more !== undefined) flows.push(flowOf(more, both, ledger));
  return { flows, copiesOnly: flows.length === 0 && all.length > 0 };
}

const isComparison = (condition: object): boolean =>
  Object.keys(condition).sort().join(" ") === "comparison left right";

/** Whether a condition is the engine's own: it compares a column of an outer row with its copy, or two copies. */
function rejoins(
  { left, right, comparison }: JoinCondition,
  sides: { readonly left: Scope; readonly right: Scope },
  copies: readonly Copy[],
): boolean {
  if (comparison !== "COMPARE_NOT_DISTINCT_FROM") return false;
  if (!isReference(left) || !isReference(right)) return false;
  const mark = sides.right.find(right)?.flow.outer;
  if (mark === undefined) return false;
  const original = sides.left.find(left);
  return (
    original?.flow.outer === mark ||
    copies.some(({ of, copy }) => of === original && copy.flow.outer === mark)
  );
}

function combine(
  node: PlanNode,
  left: Relation,
  right: Relation,
  { flows, copiesOnly }: Conditions,
  ledger: Ledger,
): Relation {
  const order = ledger.unite([left.order, right.order]);
  const leftColumns = project(left.columns, node.left_projection_map);
  const rightColumns = project(right.columns, node.right_projection_map);
  switch (node.join_type) {
    case "SEMI":
    case "ANTI": {
      const rows = ledger.unite([left.rows, right.rows, ledger.decideAll(flows, "join")]);
      return { columns: leftColumns, rows, order, count: left.count === "any" ? "any" : "most" };
    }
    case "MARK": {
      if (node.condition !== undefined) throw new Unproven("a mark of an arbitrary condition");
      const mark = markOf(node, flows, right, ledger);
      return { ...left, columns: [...leftColumns, mark], order };
    }
    case "SINGLE": {
      const bearing = ledger.unite([right.rows, ledger.decideAll(flows, "join")]);
      return { ...left, columns: [...leftColumns, ...missing(rightColumns, bearing, ledger)], order };
    }
    case "INNER":
    case "LEFT":
    case "RIGHT":
    case "FULL":
    case "OUTER": {
      const by = ledger.decideAll(flows, "join");
      const sided = sideBySide(node, left, right, copiesOnly);
      const bearing = sided.keeps ? right.rows : nothing;
      const columns = [
        ...(node.join_type === "INNER" || node.join_type === "LEFT"
          ? leftColumns
          : missing(leftColumns, nothing, ledger)),
        ...(node.join_type === "INNER" || node.join_type === "RIGHT"
          ? absorb(rightColumns, bearing, ledger)
          : missing(rightColumns, bearing, ledger)),
      ];
      const rows = ledger.unite([left.rows, sided.keeps ? nothing : right.rows, by]);
      return { columns, rows, order, count: sided.count };
    }
    default:
      throw new Unproven(`join ${node.join_type ?? ""}`);
  }
}

/** Whether a join back to outer rows keeps each row of the left side once, and how many rows there are then. */
function sideBySide(
  { join_type }: PlanNode,
  left: Relation,
  right: Relation,
  copiesOnly: boolean,
): { readonly keeps: boolean; readonly count: Relation["count"] } {
  if (!copiesOnly || right.count === "any") return { keeps: false, count: "any" };
  if (join_type === "LEFT" || (join_type === "INNER" && right.count === "one"))
    return { keeps: true, count: left.count };
  const bothFew = join_type === "INNER" && left.count !== "any";
  return { keeps: false, count: bothFew ? "most" : "any" };
}

/** Whether there is a match (`IN`, `ANY`), or any row at all (`EXISTS`). */
function markOf(node: PlanNode, flows: readonly Flow[], right: Relation, ledger: Ledger): Column {
  const made = ledger.merge(flows, flows.length === 0 ? strength.aggregate : strength.expression);
  const flow = ledger.bearOn(made, right.rows);
  return { flow, type: "BOOLEAN", table: node.mark_index ?? 0, position: 0 };
}

/** All pairs of rows. What is one row, whatever the data, decides about its own columns only. */
export function crossProduct(node: PlanNode, walk: Walk): Relation {
  const [leftNode, rightNode] = bothChildren(node);
  const left = walk.relation(leftNode);
  const right = walk.relation(rightNode);
  const { ledger } = walk;
  const order = ledger.unite([left.order, right.order]);
  if (right.count === "one") {
    const columns = [...left.columns, ...absorb(right.columns, right.rows, ledger)];
    return { ...left, columns, order };
  }
  if (left.count === "one") {
    const columns = [...absorb(left.columns, left.rows, ledger), ...right.columns];
    return { ...right, columns, order };
  }
  const columns = [...left.columns, ...right.columns];
  const most = left.count === "most" && right.count === "most";
  return { columns, rows: ledger.unite([left.rows, right.rows]), order, count: most ? "most" : "any" };
}

/** Rows side by side in the order in which they come. */
export function positionalJoin(node: PlanNode, walk: Walk): Relation {
  const [leftNode, rightNode] = bothChildren(node);
  const left = walk.relation(leftNode);
  const right = walk.relation(rightNode);
  const order = walk.ledger.unite([left.order, right.order]);
  const rows = walk.ledger.unite([left.rows, right.rows, order]);
  const columns = missing([...left.columns, ...right.columns], nothing, walk.ledger);
  return { columns, rows, order, count: "any" };
}

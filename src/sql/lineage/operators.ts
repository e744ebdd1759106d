/** Operators of the plan with one input, set operations and common table expressions. */
import { orderDeciders } from "./aggregates.ts";
import { flowOf, flowsOf } from "./expressions.ts";
import { type Deciders, influences, type Ledger, nothing, strength, Unproven, unknown } from "./flow.ts";
import { hidesExpressions } from "./hides-expressions.ts";
import type { ExpressionNode, LimitNode, PlanNode } from "./plan-node.ts";
import { bothChildren, columnsOf, onlyChild, project, type Relation, Scope, type Walk } from "./relation.ts";

export function projection(node: PlanNode, walk: Walk): Relation {
  const only = onlyValue(node, walk);
  if (only !== undefined) return only;
  const input = walk.relation(onlyChild(node));
  const expressions = node.expressions ?? [];
  const flows = flowsOf(expressions, new Scope(input.columns), walk.ledger);
  return { ...input, columns: columnsOf(flows, typesOf(expressions), node.table_index) };
}

const typesOf = (expressions: readonly ExpressionNode[]) => expressions.map((one) => one.return_type);

/**
 * What the engine makes of a scalar subquery: its first value, and an error where it has more. That is the
 * value itself, not an aggregate of it.
 */
function onlyValue(node: PlanNode, walk: Walk): Relation | undefined {
  const choices = node.expressions ?? [];
  const [choice] = choices;
  const from = onlyChild(node);
  const [first, count, ...others] = from.expressions ?? [];
  const argument = first?.children?.[0];
  const check = choice?.case_checks?.[0];
  const isValueOrError =
    from.type === "LOGICAL_AGGREGATE_AND_GROUP_BY" &&
    !hidesExpressions(from, ["expressions"]) &&
    others.length === 0 &&
    first?.name === "first" &&
    first.filter === undefined &&
    first.order_bys === undefined &&
    count?.name === "count_star" &&
    count.filter === undefined &&
    choices.length === 1 &&
    choice?.case_checks?.length === 1 &&
    check?.when_expr.type === "COMPARE_GREATERTHAN" &&
    isColumn(check.when_expr.left, 1) &&
    check.when_expr.right?.value?.value === 1 &&
    check.then_expr.name === "error" &&
    isColumn(choice.else_expr, 0);
  if (!isValueOrError || argument === undefined) return undefined;
  const input = walk.relation(onlyChild(from));
  const flow = flowOf(argument, new Scope(input.columns), walk.ledger);
  return { ...input, columns: columnsOf([flow], typesOf(choices), node.table_index), count: "one" };
}

const isColumn = (expression: ExpressionNode | undefined, index: number): boolean =>
  expression?.expression_class === "BOUND_REF" && (expression.index ?? 0) === index;

export function filter(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const child = onlyChild(node);
  const input = walk.relation(child);
  const flows = flowsOf(node.expressions, new Scope(input.columns), ledger);
  const map = node.projection_map ?? [];
  const decided = ledger.decideAll(flows, "filter");
  // The engine makes this, and only this, of a limit in a correlated subquery.
  const limits = map.length > 0 && child.type === "LOGICAL_WINDOW";
  return {
    columns: project(input.columns, map),
    rows: ledger.unite([input.rows, limits ? asOrder(decided) : decided]),
    order: input.order,
    count: input.count === "any" ? "any" : "most",
  };
}

/** The same columns, deciding by an order where they did as a window. */
function asOrder(deciders: Deciders): Deciders {
  const [from, to] = [influences.indexOf("window"), influences.indexOf("order")];
  const change = (one: number): number => (one % influences.length === from ? one - from + to : one);
  return new Set([...deciders].map(change));
}

export function unnest(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const scope = new Scope(input.columns);
  const lists = (node.expressions ?? []).map((one) =>
    one.expression_class === "BOUND_UNNEST" && one.child !== undefined
      ? flowOf(one.child, scope, ledger)
      : unknown,
  );
  const flows = lists.map((list) => list.elements ?? ledger.merge([list], strength.expression));
  const open = lists.filter((list) => list.elements === undefined);
  return {
    columns: [...input.columns, ...columnsOf(flows, typesOf(node.expressions ?? []), node.unnest_index)],
    rows: ledger.unite([input.rows, ledger.decideAll(open, "join")]),
    order: input.order,
    count: "any",
  };
}

export function distinct(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const scope = new Scope(input.columns);
  const targets = node.distinct_targets ?? [];
  if (targets.length === 0) throw new Unproven("distinct rows that are not said to be so by any column");
  const own = flowsOf(targets, scope, ledger).filter((flow) => flow.outer === undefined);
  const keys = ledger.decideAll(own, "group");
  if (node.distinct_type !== "DISTINCT_ON") return { ...input, rows: ledger.unite([input.rows, keys]) };
  const first = orderDeciders(node.order_by?.orders, scope, ledger);
  return { ...input, rows: ledger.unite([input.rows, keys, first, input.order]) };
}

export function sort(node: PlanNode, walk: Walk): Relation {
  const input = walk.relation(onlyChild(node));
  const order = orderDeciders(node.orders, new Scope(input.columns), walk.ledger);
  return {
    ...input,
    columns: project(input.columns, node.projections),
    order: walk.ledger.unite([input.order, order]),
  };
}

/** A limit or a sample: the order decides which rows stay. */
export function pick(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const scope = new Scope(input.columns);
  const bounds = [boundOf(node.limit_val), boundOf(node.offset_val)].flat();
  const decided = ledger.decideAll(flowsOf(bounds, scope, ledger), "filter");
  const rows = ledger.unite([input.rows, input.order, decided]);
  return { ...input, rows, count: input.count === "any" ? "any" : "most" };
}

const boundOf = (limit: LimitNode | undefined): ExpressionNode[] =>
  limit?.expression === undefined ? [] : [limit.expression];

/** `UNION` takes values from all inputs, `INTERSECT` and `EXCEPT` from the first one. */
export function setOperation(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const inputs = (node.children ?? []).map((child) => walk.relation(child));
  const [first, ...others] = inputs;
  if (first === undefined || others.length === 0)
    throw new Unproven("a set operation of less than two inputs");
  const width = node.column_count ?? 0;
  if (inputs.some((input) => input.columns.length !== width)) throw new Unproven("inputs of several widths");
  const isUnion = node.type === "LOGICAL_UNION";
  const flows = first.columns.map(({ flow }, index) => {
    const same = others.map((other) => other.columns[index]?.flow ?? unknown);
    return isUnion ? ledger.merge([flow, ...same], strength.identity) : flow;
  });
  const compares = !isUnion || node.setop_all === false;
  const rows = ledger.unite([
    ...inputs.map((input) => input.rows),
    ...(compares ? inputs.map((input) => keysOf(input, ledger)) : []),
  ]);
  return {
    columns: columnsOf(
      flows,
      first.columns.map(({ type }) => (type === undefined ? undefined : { id: type })),
      node.table_index,
    ),
    rows,
    order: ledger.unite(inputs.map((input) => input.order)),
    count: "any",
  };
}

/** What decides where whole rows are compared. */
const keysOf = ({ columns }: Relation, ledger: Ledger): Deciders =>
  ledger.decideAll(
    columns.map((column) => column.flow),
    "group",
  );

export function cte(node: PlanNode, walk: Walk): Relation {
  const [definition, query] = bothChildren(node);
  walk.ctes.set(node.table_index ?? 0, walk.relation(definition));
  return walk.relation(query);
}

/** Round after round, until what flows in does not grow any more. */
export function recursiveCte(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const [start, step] = bothChildren(node);
  if ((node.key_targets?.length ?? 0) > 0 || node.ref_recurring === true)
    throw new Unproven("a recursion that replaces rows by key");
  const keys = (relation: Relation): Deciders =>
    node.union_all === true ? nothing : keysOf(relation, ledger);
  let whole = walk.relation(start);
  for (;;) {
    const rows = ledger.unite([whole.rows, keys(whole)]);
    walk.ctes.set(node.table_index ?? 0, { ...whole, rows, count: "any" });
    const round = walk.relation(step);
    if (round.columns.length !== whole.columns.length) throw new Unproven("a recursion of another width");
    const next: Relation = {
      columns: whole.columns.map((column, index) => {
        const flow = ledger.merge([column.flow, round.columns[index]?.flow ?? unknown], strength.identity);
        return flow === column.flow ? column : { ...column, flow };
      }),
      rows: ledger.unite([rows, round.rows]),
      order: ledger.unite([whole.order, round.order]),
      count: "any",
    };
    const grown =
      next.rows.size > whole.rows.size ||
      next.order.size > whole.order.size ||
      next.columns.some((column, index) => column !== whole.columns[index]);
    whole = next;
    if (!grown) break;
  }
  return {
    ...whole,
    columns: whole.columns.map((column, position) => ({
      ...column,
      table: node.table_index ?? 0,
      position,
    })),
  };
}

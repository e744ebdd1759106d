/** Operators of the plan that make values of many rows: groups, windows, pivots. */
import { flowOf, flowsOf, partsOf } from "./expressions.ts";
import {
  type Deciders,
  type Flow,
  type Ledger,
  nothing,
  counted,
  strength,
  Unproven,
  unknown,
  unmarked,
} from "./flow.ts";
import type { ExpressionNode, OrderNode, PlanNode } from "./plan-node.ts";
import { type Column, columnsOf, onlyChild, type Relation, Scope, type Walk } from "./relation.ts";

export function aggregate(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const scope = new Scope(input.columns);
  const groups = node.groups ?? [];
  const grouped = flowsOf(groups, scope, ledger);
  const several = (node.grouping_sets?.length ?? 0) > 1;
  // A key is missing from the rows of those sets that it is not in.
  const keys = several ? grouped.map(unmarked) : grouped;
  const functions = node.expressions ?? [];
  const values = functions.map((one) => aggregateFlow(one, scope, input.order, ledger));
  const groupings = (node.grouping_functions ?? []).map(() => counted);
  const own = keys.filter((key) => key.outer === undefined);
  const few = groups.length === 0 ? "one" : own.length === 0 ? "most" : "any";
  return {
    columns: [
      ...columnsOf(keys, typesOf(groups), node.group_index),
      ...columnsOf(values, typesOf(functions), node.aggregate_index),
      ...columnsOf(groupings, [], node.groupings_index),
    ],
    rows: ledger.unite([input.rows, ledger.decideAll(own, "group")]),
    order: input.order,
    count: several ? "any" : few,
  };
}

const typesOf = (expressions: readonly ExpressionNode[]) => expressions.map((one) => one.return_type);

/** Aggregates whose value does not depend on the order of the rows, but for the rounding of sums. */
const unordered = new Set([
  "avg",
  "bit_and",
  "bit_or",
  "bit_xor",
  "bool_and",
  "bool_or",
  "count",
  "count_star",
  "max",
  "min",
  "sum",
  "sum_no_overflow",
]);

const namedParts = new Set(["filter", "order_bys"]);

function aggregateFlow(one: ExpressionNode, scope: Scope, order: Deciders, ledger: Ledger): Flow {
  const values = one.expression_class === "BOUND_AGGREGATE" ? partsOf(one, namedParts) : undefined;
  if (values === undefined) return unknown;
  const flow = ledger.merge(flowsOf(values, scope, ledger), strength.aggregate);
  const filter = one.filter === undefined ? [] : [flowOf(one.filter, scope, ledger)];
  return bear(flow, ledger, [
    ledger.decideAll(filter, "filter"),
    orderDeciders(one.order_bys?.orders, scope, ledger),
    unordered.has(one.name ?? "") && one.order_bys === undefined ? nothing : order,
  ]);
}

const bear = (flow: Flow, ledger: Ledger, deciders: readonly Deciders[]): Flow =>
  ledger.bearOn(flow, ledger.unite(deciders));

/** What decides an order. */
export function orderDeciders(
  orders: readonly OrderNode[] | undefined,
  scope: Scope,
  ledger: Ledger,
): Deciders {
  if (orders === undefined || orders.length === 0) return nothing;
  return ledger.decideAll(
    orders.map((one) => flowOf(one.expression, scope, ledger)),
    "order",
  );
}

export function window(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const scope = new Scope(input.columns);
  const functions = node.expressions ?? [];
  const keys = functions.map((one) => windowKeys(one, scope, ledger));
  // The engine sorts rows for one function after the other: among equals, the earlier order stays.
  const order = ledger.unite([input.order, ...keys]);
  const flows = functions.map((one, index) => windowFlow(one, scope, keys[index] ?? nothing, order, ledger));
  return {
    ...input,
    columns: [...input.columns, ...columnsOf(flows, typesOf(functions), node.window_index)],
    order,
  };
}

/** What decides which rows a window function sees, and in which order. */
function windowKeys(one: ExpressionNode, scope: Scope, ledger: Ledger): Deciders {
  const expressions = [...(one.partitions ?? []), ...(one.orders ?? []).map((order) => order.expression)];
  const flows = flowsOf(expressions, scope, ledger).filter((flow) => flow.outer === undefined);
  return ledger.decideAll(flows, "window");
}

const windowParts = new Set(["partitions", "orders", "filters", "start_expr", "end_expr", "arg_orders"]);

/** Window functions that pass on a value of one row. */
const passing = /^WINDOW_(?:LAG|LEAD|FIRST_VALUE|LAST_VALUE|NTH_VALUE)$/;

/** Window functions that treat equal rows alike. */
const fair = /^WINDOW_(?:RANK|RANK_DENSE|PERCENT_RANK|CUME_DIST)$/;

function windowFlow(
  one: ExpressionNode,
  scope: Scope,
  keys: Deciders,
  order: Deciders,
  ledger: Ledger,
): Flow {
  const values = one.expression_class === "BOUND_WINDOW" ? partsOf(one, windowParts) : undefined;
  if (values === undefined) return unknown;
  const step = passing.test(one.type) ? strength.expression : strength.aggregate;
  const made = ledger.merge(flowsOf(values, scope, ledger), step);
  const flow = made.strength < step ? { ...made, strength: step } : made;
  const frame = [one.start_expr, one.end_expr].filter((bound) => bound !== undefined);
  const filter = one.filters === undefined ? [] : [flowOf(one.filters, scope, ledger)];
  const sorted = (one.arg_orders ?? []).map((argument) => flowOf(argument.expression, scope, ledger));
  return bear(flow, ledger, [
    keys,
    ledger.decideAll(flowsOf(frame, scope, ledger), "window"),
    ledger.decideAll(sorted, "window"),
    ledger.decideAll(filter, "filter"),
    isFair(one) ? nothing : order,
  ]);
}

/** Whether a function's value is the same in whichever order equal rows come. */
function isFair(one: ExpressionNode): boolean {
  if (fair.test(one.type)) return true;
  const frame = `${one.start ?? "ROWS"} ${one.end ?? "ROWS"}`;
  return (
    one.type === "WINDOW_AGGREGATE" &&
    unordered.has(one.name ?? "") &&
    !frame.includes("ROWS") &&
    one.exclude_clause === "NO_OTHER"
  );
}

/** Groups with lists of values and a list of names: a column for each value of each name. */
export function pivot(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node));
  const { group_count: groups = 0, types = [], pivot_values = [], aggregates = [] } = node.bound_pivot ?? {};
  const names = input.columns.at(-1);
  const fits = input.columns.length === groups + aggregates.length + 1;
  if (names === undefined || !fits || types.length !== groups + pivot_values.length)
    throw new Unproven("a pivot of another width");
  const chosen = ledger.decide(names.flow, "filter");
  const flow = (column: Column | undefined): Flow => column?.flow ?? unknown;
  const flows = types.map((_, index) =>
    index < groups
      ? flow(input.columns[index])
      : ledger.bearOn(flow(input.columns[groups + ((index - groups) % aggregates.length)]), chosen),
  );
  return { ...input, columns: columnsOf(flows, types, node.pivot_index) };
}

/**
 * Whether a query over rows of many intervals of time answers what it answers interval by interval: each of its rows is
 * made of rows of one interval, and says by its time which one that is. What this does not know keeps nothing.
 */
import type { Grain } from "../../define/materialization.ts";
import { Unproven } from "./flow.ts";
import type { ExpressionNode, PlanNode } from "./plan-node.ts";
import { bothChildren, onlyChild } from "./relation.ts";

/** What the query is asked about. */
export interface KeptIntervals {
  /** The only table of rows with times, as the engine calls it, and its column of times. */
  readonly table: string;
  readonly time: string;
  readonly grain: Grain;
  /** Position of the output column that tells to which interval a row belongs. */
  readonly by: number;
}

/** A question, with the common table expressions that are known where it is asked. */
interface Walk extends KeptIntervals {
  readonly ctes: Map<number, PlanNode>;
}

/** Of each output column of an operator: whether it holds a time of the one interval that the row is made of. */
type Times = readonly boolean[];

/** Read from a query's bound plan. Never fails. */
export function keepsIntervals(plan: PlanNode, asked: KeptIntervals): boolean {
  try {
    return timesOf(plan, { ...asked, ctes: new Map() })[asked.by] === true;
  } catch (thrown) {
    // A plan that is nested deeper than the stack is one that cannot be followed.
    if (thrown instanceof Unproven || thrown instanceof RangeError) return false;
    throw thrown;
  }
}

function timesOf(node: PlanNode, asked: Walk): Times {
  switch (node.type) {
    case "LOGICAL_GET":
      return scanned(node, asked);
    case "LOGICAL_FILTER":
      return kept(timesOf(onlyChild(node), asked), node.projection_map);
    case "LOGICAL_PROJECTION": {
      const input = timesOf(onlyChild(node), asked);
      return (node.expressions ?? []).map((one) => isTime(one, input, asked.grain));
    }
    case "LOGICAL_AGGREGATE_AND_GROUP_BY":
      return grouped(node, asked);
    case "LOGICAL_COMPARISON_JOIN":
      return joined(node, asked);
    case "LOGICAL_MATERIALIZED_CTE": {
      const [definition, query] = bothChildren(node);
      asked.ctes.set(node.table_index ?? 0, definition);
      return timesOf(query, asked);
    }
    case "LOGICAL_CTE_REF": {
      const definition = asked.ctes.get(node.cte_index ?? 0);
      if (definition !== undefined) return timesOf(definition, asked);
      throw new Unproven("a table expression that is not known");
    }
    default:
      throw new Unproven(`operator ${node.type}`);
  }
}

function kept(times: Times, map: readonly number[] | undefined): Times {
  return map === undefined || map.length === 0 ? times : map.map((index) => times[index] === true);
}

const isTimed = (node: PlanNode, { table }: Walk): boolean =>
  node.type === "LOGICAL_GET" && node.function_data?.table === table;

function scanned(node: PlanNode, asked: Walk): Times {
  if (!isTimed(node, asked)) throw new Unproven("rows without times");
  const read = (node.column_indexes ?? []).map(({ index = 0 }) => node.names?.[index] === asked.time);
  return kept(read, node.projection_ids);
}

/** Groups of several intervals would be one: some key has to tell them apart. */
function grouped(node: PlanNode, asked: Walk): Times {
  const input = timesOf(onlyChild(node), asked);
  const groups = (node.groups ?? []).map((one) => isTime(one, input, asked.grain));
  if (!groups.includes(true) || (node.grouping_sets?.length ?? 0) > 1) throw new Unproven("other groups");
  const functions = node.expressions ?? [];
  if (!functions.every(isExact)) throw new Unproven("an aggregate that depends on the order of rows");
  return [...groups, ...functions.map(() => false)];
}

/** Aggregates whose value does not depend on the order of the rows. */
const unordered: ReadonlySet<string> = new Set([
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

/** Sums of floating point numbers are rounded in another way in another order. */
const isExact = ({ expression_class, name = "", order_bys, children = [] }: ExpressionNode): boolean =>
  expression_class === "BOUND_AGGREGATE" &&
  unordered.has(name) &&
  (order_bys ?? undefined) === undefined &&
  (!/^(?:sum|avg)/.test(name) ||
    children.every(({ return_type }) => !/DOUBLE|FLOAT/.test(typeOf(return_type))));

const typeOf = (type: ExpressionNode["return_type"]): string => type?.id ?? "";

/** Every interval sees the same rows of the other side. */
function joined(node: PlanNode, asked: Walk): Times {
  const [left, right] = bothChildren(node);
  const times = kept(timesOf(left, asked), node.left_projection_map);
  if (!["INNER", "LEFT", "SEMI", "ANTI", "MARK"].includes(node.join_type ?? "") || holdsTimed(right, asked))
    throw new Unproven("a join");
  // The columns of the other side come behind, and hold no such times.
  return times;
}

function holdsTimed(node: PlanNode, asked: Walk): boolean {
  if (node.type === "LOGICAL_CTE_REF") {
    const definition = asked.ctes.get(node.cte_index ?? 0);
    return definition === undefined || holdsTimed(definition, asked);
  }
  return isTimed(node, asked) || (node.children ?? []).some((child) => holdsTimed(child, asked));
}

/** The units that lie within one interval as a whole. */
const unitsWithin: Readonly<Record<Grain, readonly string[]>> = {
  hour: ["hour"],
  day: ["hour", "day"],
  week: ["hour", "day", "week"],
  month: ["hour", "day", "month"],
};

/** Whether an expression is a time of the same interval as one of its input. */
function isTime(one: ExpressionNode, input: Times, grain: Grain): boolean {
  switch (one.expression_class) {
    case "BOUND_REF":
      return input[one.index ?? 0] === true;
    case "BOUND_CAST": {
      const to = typeOf(one.return_type);
      const isKept = to === "TIMESTAMP" || (to === "DATE" && grain !== "hour");
      return isKept && one.child !== undefined && isPlainTime(one.child, input, grain);
    }
    case "BOUND_FUNCTION": {
      const [unit, time] = one.children ?? [];
      const isTruncation = one.name === "date_trunc" || one.name === "datetrunc";
      return (
        isTruncation &&
        time !== undefined &&
        unitsWithin[grain].includes(String(unit?.value?.value)) &&
        isPlainTime(time, input, grain)
      );
    }
    default:
      return false;
  }
}

/** Others have time zones, or are rounded. */
const isPlainTime = (one: ExpressionNode, input: Times, grain: Grain): boolean =>
  /^(?:DATE|TIMESTAMP)$/.test(typeOf(one.return_type)) && isTime(one, input, grain);

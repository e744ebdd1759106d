/**
 * Over which datasets a query distributes: q(A and B) is q(A) and q(B), row for row, as long as nothing else
 * changes. That is what lets only new rows be computed. What this does not know distributes over nothing.
 */
import type { Distribution } from "../binder.ts";
import { bothChildren, onlyChild } from "./relation.ts";
import { Unproven } from "./flow.ts";
import type { PlanNode } from "./plan-node.ts";

/** Of each dataset below an operator: undefined where every row comes from one of its rows, else what stands against it. */
type Obstacles = ReadonlyMap<string, string | undefined>;

type Ctes = Map<number, Obstacles>;

const none: Obstacles = new Map();

/** What operators that look at several rows at once are called in a query. */
const wholes: Readonly<Record<string, string>> = {
  LOGICAL_AGGREGATE_AND_GROUP_BY: "aggregates rows",
  LOGICAL_WINDOW: "uses a window function",
  LOGICAL_PIVOT: "pivots rows",
  LOGICAL_DISTINCT: 'says "distinct"',
  LOGICAL_LIMIT: 'says "limit"',
  LOGICAL_SAMPLE: "samples rows",
  LOGICAL_INTERSECT: 'says "intersect"',
  LOGICAL_EXCEPT: 'says "except"',
  LOGICAL_RECURSIVE_CTE: "is recursive",
  LOGICAL_POSITIONAL_JOIN: "joins by position",
};

const passes: ReadonlySet<string> = new Set([
  "LOGICAL_PROJECTION",
  "LOGICAL_FILTER",
  "LOGICAL_UNNEST",
  "LOGICAL_ORDER_BY",
]);

const joins: ReadonlySet<string> = new Set([
  "LOGICAL_COMPARISON_JOIN",
  "LOGICAL_DELIM_JOIN",
  "LOGICAL_ASOF_JOIN",
  "LOGICAL_ANY_JOIN",
]);

/** Read from a query's bound plan, if it has one. Never fails. */
export function readDistribution(plan: PlanNode | undefined): Distribution {
  const obstacles = plan === undefined ? none : follow(plan);
  return Object.fromEntries([...(obstacles ?? none)].map(([dataset, why]) => [dataset, why ?? null]));
}

function follow(plan: PlanNode): Obstacles | undefined {
  try {
    return obstaclesOf(plan, new Map());
  } catch (thrown) {
    // A plan that is nested deeper than the stack is one that cannot be followed.
    if (thrown instanceof Unproven || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function obstaclesOf(node: PlanNode, ctes: Ctes): Obstacles {
  const whole = Object.hasOwn(wholes, node.type) ? wholes[node.type] : undefined;
  if (whole !== undefined) return blocked(node, ctes, whole);
  if (passes.has(node.type)) return obstaclesOf(onlyChild(node), ctes);
  if (joins.has(node.type)) return joined(node, ctes);
  switch (node.type) {
    case "LOGICAL_GET":
      return scanned(node, ctes);
    case "LOGICAL_EXPRESSION_GET":
    case "LOGICAL_DUMMY_SCAN":
    case "LOGICAL_CHUNK_GET":
    // Copies of the outer query's row: what is made of them is made of one row.
    case "LOGICAL_DELIM_GET":
      return none;
    case "LOGICAL_CTE_REF":
      return cteOf(node, ctes);
    case "LOGICAL_MATERIALIZED_CTE": {
      const [definition, query] = bothChildren(node);
      ctes.set(node.table_index ?? 0, obstaclesOf(definition, ctes));
      return obstaclesOf(query, ctes);
    }
    case "LOGICAL_UNION":
      return united(node, ctes);
    case "LOGICAL_CROSS_PRODUCT": {
      const [left, right] = bothChildren(node);
      return product(obstaclesOf(left, ctes), obstaclesOf(right, ctes));
    }
    default:
      throw new Unproven(`operator ${node.type}`);
  }
}

function scanned(node: PlanNode, ctes: Ctes): Obstacles {
  if (node.name !== "seq_scan")
    return node.children === undefined ? none : obstaclesOf(onlyChild(node), ctes);
  const { schema, table } = node.function_data ?? {};
  if (schema === undefined || table === undefined)
    throw new Unproven("a scan of something other than a table");
  return new Map([[`${schema}.${table}`, undefined]]);
}

function cteOf(node: PlanNode, ctes: Ctes): Obstacles {
  const found = ctes.get(node.cte_index ?? 0);
  if (found === undefined) throw new Unproven("a table expression that is not known");
  return found;
}

/** Every dataset below stands behind this; what a recursion refers to is itself. */
function blocked(node: PlanNode, ctes: Ctes, why: string): Obstacles {
  if (node.type === "LOGICAL_RECURSIVE_CTE") ctes.set(node.table_index ?? 0, none);
  const all = (node.children ?? []).flatMap((child) => [...obstaclesOf(child, ctes)]);
  return new Map(all.map(([dataset, before]) => [dataset, before ?? why]));
}

/** Rows of each input, one below the other: what is missing in one of them would come again with every new row. */
function united(node: PlanNode, ctes: Ctes): Obstacles {
  if (node.setop_all === false) return blocked(node, ctes, 'says "union" without "all"');
  const inputs = (node.children ?? []).map((child) => obstaclesOf(child, ctes));
  const names = new Set(inputs.flatMap((input) => [...input.keys()]));
  return new Map(
    [...names].map((name) => {
      const missing = inputs.some((input) => !input.has(name));
      const why = inputs.map((input) => input.get(name)).find((one) => one !== undefined);
      return [name, why ?? (missing ? "unites it with rows of others" : undefined)];
    }),
  );
}

/** All pairs: each of one row of a side and one of the other. */
function product(left: Obstacles, right: Obstacles): Obstacles {
  const all = new Map([...left, ...right]);
  for (const name of left.keys()) if (right.has(name)) all.set(name, "reads it more than once");
  return all;
}

function joined(node: PlanNode, ctes: Ctes): Obstacles {
  if (node.delim_flipped === true) throw new Unproven("a join that is turned around");
  const [leftNode, rightNode] = bothChildren(node);
  const left = obstaclesOf(isNumbering(node, leftNode) ? onlyChild(leftNode) : leftNode, ctes);
  const right = obstaclesOf(rightNode, ctes);
  const both = product(left, right);
  const hide = (side: Obstacles, why: string): Obstacles =>
    new Map([...both].map(([name, before]) => [name, before ?? (side.has(name) ? why : undefined)]));
  // Which of its rows an asof join finds hangs on all rows of the right side.
  if (node.type === "LOGICAL_ASOF_JOIN" && node.join_type !== "INNER" && node.join_type !== "LEFT")
    throw new Unproven(`asof join ${node.join_type ?? ""}`);
  if (node.type === "LOGICAL_ASOF_JOIN") return hide(right, "looks for its nearest row");
  switch (node.join_type) {
    case "INNER":
      // For each outer row, the inner query of a lateral join sees the whole of its tables.
      return node.type === "LOGICAL_DELIM_JOIN" ? hide(right, "reads it in a subquery") : both;
    case "LEFT":
      return hide(right, "stands on the other side of a left join");
    case "RIGHT":
      return node.type === "LOGICAL_DELIM_JOIN"
        ? hide(both, "joins")
        : hide(left, "stands on the other side of a right join");
    case "SEMI":
    case "ANTI":
    case "MARK":
    case "SINGLE":
      return hide(right, "reads it in a subquery");
    case "FULL":
    case "OUTER":
      return hide(both, "stands in a full join");
    default:
      throw new Unproven(`join ${node.join_type ?? ""}`);
  }
}

/**
 * Where an inner query unnests, the engine numbers the outer rows to find them again, and shows the numbers to nobody.
 * A window function that somebody wrote has a projection above it.
 */
const isNumbering = (join: PlanNode, { type, expressions = [] }: PlanNode): boolean =>
  join.type === "LOGICAL_DELIM_JOIN" &&
  type === "LOGICAL_WINDOW" &&
  expressions.every(
    (one) =>
      one.type === "WINDOW_ROW_NUMBER" &&
      (one.partitions ?? []).length === 0 &&
      (one.orders ?? []).length === 0,
  );

/**
 * From the engine's bound plan of a query to its column lineage. The plan says for every operator what its
 * columns are made of; what this does not know, or cannot follow, is unproven, never left out.
 */
import type { ColumnLineage, QueryLineage } from "../../graph/lineage.ts";
import { aggregate, pivot, window } from "./aggregates.ts";
import { type Deciders, derivationOf, type Flow, Ledger, steps, Unproven } from "./flow.ts";
import { crossProduct, join, positionalJoin } from "./joins.ts";
import {
  cte,
  distinct,
  filter,
  pick,
  projection,
  recursiveCte,
  setOperation,
  sort,
  unnest,
} from "./operators.ts";
import { hidesExpressions } from "./hides-expressions.ts";
import type { PlanNode, ValuesNode } from "./plan-node.ts";
import type { Column, Relation, Walk } from "./relation.ts";
import { knownRows, outerRow, readCte, scan, values } from "./scans.ts";

/** Sources of all columns together; what has more says too little to be worth its size in every document. */
const longestLineage = 100_000;

type Operator = (node: PlanNode, walk: Walk) => Relation;

/** What each operator does, and in which of its members it looks for expressions. */
const operators: Readonly<Record<string, readonly [Operator, ...members: string[]]>> = {
  LOGICAL_GET: [scan],
  LOGICAL_EXPRESSION_GET: [(node, walk) => values(node as unknown as ValuesNode, walk), "expressions"],
  LOGICAL_DUMMY_SCAN: [knownRows],
  LOGICAL_CHUNK_GET: [knownRows],
  LOGICAL_DELIM_GET: [outerRow],
  LOGICAL_CTE_REF: [readCte],
  LOGICAL_PROJECTION: [projection, "expressions"],
  LOGICAL_FILTER: [filter, "expressions"],
  LOGICAL_AGGREGATE_AND_GROUP_BY: [aggregate, "expressions", "groups"],
  LOGICAL_WINDOW: [window, "expressions"],
  LOGICAL_PIVOT: [pivot, "bound_pivot"],
  LOGICAL_UNNEST: [unnest, "expressions"],
  LOGICAL_DISTINCT: [distinct, "distinct_targets", "order_by"],
  LOGICAL_ORDER_BY: [sort, "orders"],
  LOGICAL_LIMIT: [pick, "limit_val", "offset_val"],
  LOGICAL_SAMPLE: [pick],
  LOGICAL_COMPARISON_JOIN: [join, "conditions"],
  LOGICAL_DELIM_JOIN: [join, "conditions", "duplicate_eliminated_columns"],
  LOGICAL_ASOF_JOIN: [join, "conditions", "predicate"],
  LOGICAL_ANY_JOIN: [join, "condition"],
  LOGICAL_CROSS_PRODUCT: [crossProduct],
  LOGICAL_POSITIONAL_JOIN: [positionalJoin],
  LOGICAL_UNION: [setOperation],
  LOGICAL_INTERSECT: [setOperation],
  LOGICAL_EXCEPT: [setOperation],
  LOGICAL_MATERIALIZED_CTE: [cte],
  LOGICAL_RECURSIVE_CTE: [recursiveCte, "key_targets"],
};

/**
 * The lineage of a query with these output columns, from its plan, if it has one; `operators` is filled with the columns
 * of each operator, and has none where the plan cannot be followed. Never fails.
 */
export function readLineage(
  plan: PlanNode | undefined,
  columns: readonly string[],
  operators = new Map<PlanNode, readonly Column[]>(),
): QueryLineage {
  if (plan === undefined) return unprovenLineage(columns);
  try {
    return lineageOf(plan, columns, operators);
  } catch (thrown) {
    operators.clear();
    // A plan that is nested deeper than the stack is one that cannot be followed.
    if (thrown instanceof Unproven || thrown instanceof RangeError) return unprovenLineage(columns);
    throw thrown;
  }
}

/** Nothing is known: every column depends on everything. */
function unprovenLineage(columns: readonly string[]): QueryLineage {
  return { rows: [], columns: columns.map(unprovenColumn) };
}

const unprovenColumn = (column: string): ColumnLineage => ({
  column,
  direct: [],
  indirect: [],
  kind: "expression",
  proven: false,
});

function lineageOf(
  plan: PlanNode,
  columns: readonly string[],
  seen: Map<PlanNode, readonly Column[]>,
): QueryLineage {
  const ledger = new Ledger();
  const walk: Walk = {
    ledger,
    outer: [],
    ctes: new Map(),
    relation: (node) => {
      const known = Object.hasOwn(operators, node.type) ? operators[node.type] : undefined;
      if (known === undefined) throw new Unproven(`operator ${node.type}`);
      const [operator, ...members] = known;
      if (hidesExpressions(node, members)) throw new Unproven(`more in ${node.type} than is known`);
      const relation = operator(node, walk);
      seen.set(node, relation.columns);
      return relation;
    },
  };
  const whole = walk.relation(plan);
  if (whole.columns.length !== columns.length) throw new Unproven("other columns than the query has");
  const size = whole.columns.reduce((so, { flow }) => so + flow.direct.size + flow.indirect.size, 0);
  if (size > longestLineage) throw new Unproven("more sources than anyone can read");
  return {
    rows: decidersOf(whole.rows, ledger),
    columns: columns.map((column, index) => columnLineage(column, whole, index, ledger)),
  };
}

function columnLineage(
  column: string,
  { columns, rows }: Relation,
  index: number,
  ledger: Ledger,
): ColumnLineage {
  const flow = columns[index]?.flow;
  if (flow === undefined || !flow.proven) return unprovenColumn(column);
  const own = [...flow.indirect].filter((one) => !rows.has(one));
  return {
    column,
    direct: directOf(flow, ledger),
    indirect: decidersOf(own, ledger),
    kind: steps[flow.strength],
    proven: true,
  };
}

function directOf(flow: Flow, ledger: Ledger): ColumnLineage["direct"] {
  return [...flow.direct]
    .map(([number, step]) => ({ ...ledger.columnOf(number), kind: derivationOf(step) }))
    .sort(byColumn);
}

const decidersOf = (deciders: Deciders | readonly number[], ledger: Ledger): QueryLineage["rows"] =>
  [...deciders].map((one) => ledger.deciderOf(one)).sort((a, b) => byColumn(a, b) || order(a.by, b.by));

interface Named {
  readonly dataset: string;
  readonly column: string;
}

const byColumn = (a: Named, b: Named): number => order(a.dataset, b.dataset) || order(a.column, b.column);

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

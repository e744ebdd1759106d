/**
 * Whether no two rows of a query share the values of some of its columns: because the query groups by them, or because
 * they come from columns of its inputs that are unique there, and no row of those comes twice. What this does not know
 * proves nothing. As for checks, a row with a null in one of the columns shares its values with none: so a row that an
 * outer join made up on one side shares nothing of that side's columns.
 */
import type { Proofs } from "../binder.ts";
import { Unproven } from "./flow.ts";
import type { ExpressionNode, PlanNode } from "./plan-node.ts";
import { bothChildren, type Column, onlyChild, Scope } from "./relation.ts";

/** Positions of columns. */
type Positions = ReadonlySet<number>;

const none: Proofs = [];
/** One way to prove it, for which nothing has to be given. */
const certain: Proofs = [[]];

/** More ways than these are not looked for. */
const mostProofs = 4;
/** Questions about parts of one query; what needs more is not proven. */
const mostSteps = 5000;

/**
 * Types whose values are equal exactly if they are the same, and that files keep as they are. Numbers with a floating
 * point are not among them: zero has two signs, and not a number has many forms.
 */
const plainTypes: ReadonlySet<string | undefined> = new Set([
  "BOOLEAN",
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "DECIMAL",
  "VARCHAR",
  "DATE",
  "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE",
  "UUID",
]);

/** What a query with this plan says of its columns; `columnsOf` are those of each operator, as lineage found them. */
export function readUniqueness(
  plan: PlanNode | undefined,
  columnsOf: ReadonlyMap<PlanNode, readonly Column[]>,
  names: readonly string[],
): (columns: readonly string[]) => Proofs {
  const width = plan === undefined ? undefined : columnsOf.get(plan)?.length;
  if (plan === undefined || width !== names.length) return () => none;
  let prover: Prover | undefined;
  return (columns) => {
    const wanted = columns.map((column) => names.indexOf(column));
    if (wanted.length === 0 || wanted.includes(-1)) return none;
    try {
      prover ??= new Prover(plan, columnsOf);
      return prover.prove(plan, wanted);
    } catch (thrown) {
      // A plan that is nested deeper than the stack is one that cannot be followed.
      if (thrown instanceof Unproven || thrown instanceof RangeError) return none;
      throw thrown;
    }
  };
}

type Rule = (prover: Prover, node: PlanNode, wanted: Positions) => Proofs;

/** Asks about fewer and fewer columns on the way down. To ask about fewer than there are is always sound. */
class Prover {
  readonly #columns: ReadonlyMap<PlanNode, readonly Column[]>;
  readonly #ctes = new Map<number, PlanNode | undefined>();
  readonly #known = new Map<PlanNode, Map<string, Proofs>>();
  #steps = 0;

  constructor(plan: PlanNode, columns: ReadonlyMap<PlanNode, readonly Column[]>) {
    this.#columns = columns;
    this.#define(plan);
  }

  columnsOf(node: PlanNode): readonly Column[] {
    return this.#columns.get(node) ?? [];
  }

  definitionOf(cte: number): PlanNode | undefined {
    return this.#ctes.get(cte);
  }

  prove(node: PlanNode, asked: Iterable<number>): Proofs {
    const rule = Object.hasOwn(rules, node.type) ? rules[node.type] : undefined;
    if (rule === undefined) return none;
    const columns = this.columnsOf(node);
    const wanted = new Set(
      [...asked].filter((at) => plainTypes.has(columns[at]?.type)).toSorted((a, b) => a - b),
    );
    const place = [...wanted].join(" ");
    const answers = this.#known.get(node) ?? new Map<string, Proofs>();
    this.#known.set(node, answers);
    const known = answers.get(place);
    if (known !== undefined) return known;
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new Unproven("too many questions about one query");
    const found = rule(this, node, wanted);
    answers.set(place, found);
    return found;
  }

  /** The columns of an operator's input that expressions are, where they are columns as they stand. */
  positions(input: PlanNode, expressions: Iterable<ExpressionNode | undefined>): (number | undefined)[] {
    const columns = this.columnsOf(input);
    const scope = new Scope(columns);
    return Array.from(expressions, (one) => {
      const column = one !== undefined && isReference(one) ? scope.find(one) : undefined;
      return column === undefined ? undefined : columns.indexOf(column);
    });
  }

  #define(node: PlanNode): void {
    const number = node.table_index ?? 0;
    if (node.type === "LOGICAL_MATERIALIZED_CTE")
      this.#ctes.set(number, this.#ctes.has(number) ? undefined : node.children?.[0]);
    for (const child of node.children ?? []) this.#define(child);
  }
}

const isReference = ({ expression_class }: ExpressionNode): boolean =>
  expression_class === "BOUND_REF" || expression_class === "BOUND_COLUMN_REF";

const isKnown = (position: number | undefined): position is number => position !== undefined;

/** Any of these. */
function either(...ways: readonly Proofs[]): Proofs {
  const all = ways.flat();
  return all.some((given) => given.length === 0) ? certain : all.slice(0, mostProofs);
}

/** Both of these. */
function both(one: Proofs, other: () => Proofs): Proofs {
  if (one.length === 0) return none;
  const more = other();
  return one.flatMap((given) => more.map((also) => [...given, ...also])).slice(0, mostProofs);
}

/** Each row is one row of the input, and has its columns where it says so. */
const kept =
  (mapOf: (node: PlanNode) => readonly number[] | undefined): Rule =>
  (prover, node, wanted) =>
    prover.prove(onlyChild(node), through(wanted, mapOf(node)));

/** Positions behind a list of those that were kept; all were, where it is empty. */
const through = (wanted: Iterable<number>, map: readonly number[] | undefined): number[] =>
  map === undefined || map.length === 0 ? [...wanted] : [...wanted].map((at) => map[at]).filter(isKnown);

const scan: Rule = (_, node, wanted) => {
  const { schema, table } = node.function_data ?? {};
  if (node.name !== "seq_scan" || schema === undefined || table === undefined) return none;
  const read = (node.column_indexes ?? []).map((one) => one.index ?? 0);
  const columns = through(wanted, node.projection_ids).map((at) => node.names?.[read[at] ?? -1]);
  const named = columns.filter((name) => name !== undefined);
  return named.length === 0 ? none : [[{ dataset: `${schema}.${table}`, columns: named.toSorted() }]];
};

const projection: Rule = (prover, node, wanted) => {
  const input = onlyChild(node);
  const chosen = [...wanted].map((at) => node.expressions?.[at]);
  return prover.prove(input, prover.positions(input, chosen).filter(isKnown));
};

/** What all rows that stay have in common tells none of them apart: it may be asked about as well. */
const filter: Rule = (prover, node, wanted) => {
  const input = onlyChild(node);
  const pinned = (node.expressions ?? []).filter(isPinned).map(({ left }) => left);
  const same = prover.positions(input, pinned).filter(isKnown);
  return prover.prove(input, [...through(wanted, node.projection_map), ...same]);
};

function isPinned({ type, right }: ExpressionNode): boolean {
  let value = right;
  while (value?.expression_class === "BOUND_CAST") value = value.child;
  return type === "COMPARE_EQUAL" && value?.expression_class === "BOUND_CONSTANT";
}

/** One row for each combination of the groups; or those of an input in which they are unique already. */
const aggregate: Rule = (prover, node, wanted) => {
  const groups = node.groups ?? [];
  const [set, ...more] = node.grouping_sets ?? [];
  if (more.length > 0 || (Array.isArray(set) && set.length !== groups.length)) return none;
  if (groups.every((_, at) => wanted.has(at))) return certain;
  const input = onlyChild(node);
  const chosen = groups.filter((_, at) => wanted.has(at));
  return prover.prove(input, prover.positions(input, chosen).filter(isKnown));
};

const distinct: Rule = (prover, node, wanted) => {
  const input = onlyChild(node);
  const targets = prover.positions(input, node.distinct_targets ?? []);
  const isWhole = targets.length > 0 && targets.every((at) => isKnown(at) && wanted.has(at));
  return isWhole ? certain : prover.prove(input, wanted);
};

/** Rows stay as they are; and among those of a partition, each has its own number. */
const window: Rule = (prover, node, wanted) => {
  const input = onlyChild(node);
  const width = prover.columnsOf(input).length;
  if (width === 0) return none;
  const numbered = (node.expressions ?? []).some(
    (one, at) =>
      wanted.has(width + at) &&
      one.type === "WINDOW_ROW_NUMBER" &&
      (one.exclude_clause ?? "NO_OTHER") === "NO_OTHER" &&
      (one.arg_orders ?? []).length === 0 &&
      one.filters === undefined &&
      prover
        .positions(input, one.partitions ?? [])
        .every((partition) => isKnown(partition) && wanted.has(partition)),
  );
  if (numbered) return certain;
  return prover.prove(
    input,
    [...wanted].filter((at) => at < width),
  );
};

/** Which rows of the first input there are, how often at most, and with which columns. */
const first: Rule = (prover, node, wanted) => {
  const input = node.children?.[0];
  return input === undefined ? none : prover.prove(input, wanted);
};

const cteReference: Rule = (prover, node, wanted) => {
  const definition = node.is_recurring === true ? undefined : prover.definitionOf(node.cte_index ?? 0);
  return definition === undefined ? none : prover.prove(definition, wanted);
};

const values: Rule = (prover, node) =>
  node.expressions?.length === 1 ? prover.prove(onlyChild(node), []) : none;

/** Both inputs of a join: what is asked of their columns, and which of them have to be equal. */
interface Side {
  readonly node: PlanNode;
  readonly wanted: readonly number[];
  readonly equal: readonly number[];
  /** Whether there are rows that have none of this side's. */
  readonly mayMiss: boolean;
}

const join: Rule = (prover, node, wanted) => {
  if (node.delim_flipped === true) return none;
  const [left, right] = sidesOf(prover, node, wanted);
  switch (node.join_type) {
    case "SEMI":
    case "ANTI":
    case "MARK":
    case "SINGLE":
      return prover.prove(left.node, left.wanted);
    case "INNER":
    case "LEFT":
    case "RIGHT":
    case "FULL":
    case "OUTER":
      return either(onceEach(prover, left, right), onceEach(prover, right, left), pairs(prover, left, right));
    default:
      return none;
  }
};

const crossProduct: Rule = (prover, node, wanted) => {
  const [left, right] = sidesOf(prover, { ...node, join_type: "INNER", conditions: [] }, wanted);
  return either(onceEach(prover, left, right), onceEach(prover, right, left), pairs(prover, left, right));
};

/** Each row of the left finds one row at most. */
const asofJoin: Rule = (prover, node, wanted) => {
  const [left] = sidesOf(prover, node, wanted);
  const isLeft = node.join_type === "INNER" || node.join_type === "LEFT";
  return isLeft ? prover.prove(left.node, left.wanted) : none;
};

function sidesOf(prover: Prover, node: PlanNode, wanted: Positions): readonly [Side, Side] {
  const [left, right] = bothChildren(node);
  const width = node.left_projection_map?.length || prover.columnsOf(left).length;
  const own = [...wanted].filter((at) => at < width);
  const others = [...wanted].filter((at) => at >= width).map((at) => at - width);
  const equal = (node.conditions ?? []).filter(({ comparison }) => comparison === "COMPARE_EQUAL");
  const outer = (...types: readonly string[]): boolean => types.includes(node.join_type ?? "");
  const sides = [
    prover
      .positions(
        left,
        equal.map((one) => one.left),
      )
      .filter(isKnown),
    prover
      .positions(
        right,
        equal.map((one) => one.right),
      )
      .filter(isKnown),
  ] as const;
  return [
    {
      node: left,
      wanted: through(own, node.left_projection_map),
      equal: sides[0],
      mayMiss: outer("RIGHT", "FULL", "OUTER"),
    },
    {
      node: right,
      wanted: through(others, node.right_projection_map),
      equal: sides[1],
      mayMiss: outer("LEFT", "FULL", "OUTER"),
    },
  ];
}

/**
 * No row of one side comes twice, as it finds one of the other at most. Where rows of one side may be missing, there
 * has to be a column of that side, which is null in them.
 */
function onceEach(prover: Prover, one: Side, other: Side): Proofs {
  if (one.mayMiss && one.wanted.length === 0) return none;
  return both(prover.prove(one.node, one.wanted), () => prover.prove(other.node, other.equal));
}

/** No pair of rows comes twice, and each side's row is told by its own columns. */
function pairs(prover: Prover, left: Side, right: Side): Proofs {
  if (left.wanted.length === 0 || right.wanted.length === 0) return none;
  return both(prover.prove(left.node, left.wanted), () => prover.prove(right.node, right.wanted));
}

const rules: Readonly<Record<string, Rule>> = {
  LOGICAL_GET: scan,
  LOGICAL_DUMMY_SCAN: () => certain,
  LOGICAL_EXPRESSION_GET: values,
  LOGICAL_PROJECTION: projection,
  LOGICAL_FILTER: filter,
  LOGICAL_ORDER_BY: kept((node) => node.projections),
  LOGICAL_LIMIT: kept(() => undefined),
  LOGICAL_AGGREGATE_AND_GROUP_BY: aggregate,
  LOGICAL_DISTINCT: distinct,
  LOGICAL_WINDOW: window,
  LOGICAL_EXCEPT: first,
  LOGICAL_INTERSECT: first,
  LOGICAL_COMPARISON_JOIN: join,
  LOGICAL_DELIM_JOIN: join,
  LOGICAL_ANY_JOIN: join,
  LOGICAL_ASOF_JOIN: asofJoin,
  LOGICAL_CROSS_PRODUCT: crossProduct,
  LOGICAL_MATERIALIZED_CTE: (prover, node, wanted) => prover.prove(bothChildren(node)[1], wanted),
  LOGICAL_CTE_REF: cteReference,
};

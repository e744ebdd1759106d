import { type Deciders, type Flow, type Ledger, nothing, Unproven, unknown } from "./flow.ts";
import type { ExpressionNode, PlanNode, TypeNode } from "./plan-node.ts";

/** A column of what an operator of the plan produces. */
export interface Column {
  readonly flow: Flow;
  /** The engine's type without its parameters; undefined where the plan does not say. */
  readonly type: string | undefined;
  /** The engine's own name of the column: two numbers. */
  readonly table: number;
  readonly position: number;
}

/**
 * How many rows there are for one row of the outer query (or for the whole query), whatever the data:
 * exactly one, at most one, or any number.
 */
export type Count = "one" | "most" | "any";

/** What an operator of the plan produces. */
export interface Relation {
  readonly columns: readonly Column[];
  /** What decides which rows there are. */
  readonly rows: Deciders;
  /** What decides their order: it bears on what picks or numbers rows. */
  readonly order: Deciders;
  readonly count: Count;
}

/** What operators need to know of each other. */
export interface Walk {
  readonly ledger: Ledger;
  /** The copied columns of the outer queries that can be seen from here, the innermost last. */
  readonly outer: Column[][];
  /** Common table expressions by their number. */
  readonly ctes: Map<number, Relation>;
  relation(node: PlanNode): Relation;
}

/** Columns under the engine's number of a table. */
export function columnsOf(
  flows: readonly Flow[],
  types: readonly (TypeNode | undefined)[],
  table: number | undefined,
): Column[] {
  return flows.map((flow, position) => ({ flow, type: types[position]?.id, table: table ?? 0, position }));
}

/** The only input of an operator. */
export function onlyChild(node: PlanNode): PlanNode {
  const [child, ...rest] = node.children ?? [];
  if (child === undefined || rest.length > 0) throw new Unproven(`${node.type} has not one input`);
  return child;
}

/** The two inputs of an operator. */
export function bothChildren(node: PlanNode): readonly [PlanNode, PlanNode] {
  const [left, right, ...rest] = node.children ?? [];
  if (left === undefined || right === undefined || rest.length > 0)
    throw new Unproven(`${node.type} has not two inputs`);
  return [left, right];
}

/** The columns that an operator keeps: all, where it does not say. */
export function project(columns: readonly Column[], map: readonly number[] | undefined): readonly Column[] {
  if (map === undefined || map.length === 0) return columns;
  return map.map((index) => {
    const column = columns[index];
    if (column === undefined) throw new Unproven("a kept column that is not there");
    return column;
  });
}

/** The columns that an expression can name. */
export class Scope {
  readonly #columns: readonly Column[];
  #named: Map<string, Column> | undefined;

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  /** The column that a reference means; undefined where there is none, or one of another type. */
  find(reference: ExpressionNode): Column | undefined {
    if ((reference.depth ?? 0) > 0) return undefined;
    const column =
      reference.expression_class === "BOUND_REF"
        ? this.#columns[reference.index ?? 0]
        : this.#find(reference.binding?.table_index ?? 0, reference.binding?.column_index ?? 0);
    const type = reference.return_type?.id;
    return column?.type === undefined || type === undefined || column.type === type ? column : undefined;
  }

  flow(reference: ExpressionNode): Flow {
    return this.find(reference)?.flow ?? unknown;
  }

  #find(table: number, position: number): Column | undefined {
    this.#named ??= new Map(this.#columns.map((column) => [`${column.table} ${column.position}`, column]));
    return this.#named.get(`${table} ${position}`);
  }
}

/** What has one row and no columns of datasets. */
export const oneRow = { rows: nothing, order: nothing, count: "one" } as const;

/** Columns of the one row that there always is, on which something more bears; copies are what they are. */
export const absorb = (columns: readonly Column[], deciders: Deciders, ledger: Ledger): Column[] =>
  columns.map((column) =>
    column.flow.outer === undefined ? { ...column, flow: ledger.bearOn(column.flow, deciders) } : column,
  );

/** Columns of rows that may be missing, and what decides whether they are. */
export const missing = (columns: readonly Column[], deciders: Deciders, ledger: Ledger): Column[] =>
  columns.map((column) => ({ ...column, flow: ledger.bearOn(column.flow, deciders) }));

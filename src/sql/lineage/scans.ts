/** Operators of the plan that begin a branch: tables, table functions, values, copies of outer rows. */
import { pureTableFunctions } from "../hermetic.ts";
import { flowsOf } from "./expressions.ts";
import { constant, counted, type Flow, nothing, strength, Unproven, unknown } from "./flow.ts";
import type { PlanNode, ValuesNode } from "./plan-node.ts";
import {
  absorb,
  type Column,
  columnsOf,
  onlyChild,
  oneRow,
  type Relation,
  Scope,
  type Walk,
} from "./relation.ts";

/** A table, that is a dataset, or a function that makes rows. */
export function scan(node: PlanNode, walk: Walk): Relation {
  if ((node.table_filters?.filters?.length ?? 0) > 0)
    throw new Unproven("a table that is filtered as it is read");
  if (node.name === "seq_scan") return readTable(node, walk);
  if (!pureTableFunctions.has(node.name ?? "")) throw new Unproven(`table function ${node.name ?? ""}`);
  return callFunction(node, walk);
}

function readTable(node: PlanNode, { ledger }: Walk): Relation {
  const { schema, table } = node.function_data ?? {};
  if (schema === undefined || table === undefined || node.children !== undefined)
    throw new Unproven("a scan of something other than a table");
  const columns = scanned(node, (index) => {
    const name = node.names?.[index];
    // Beyond the columns of the table are those that the engine makes up, such as the place of a row.
    return name === undefined ? unknown : ledger.source(`${schema}.${table}`, name);
  });
  return { columns, rows: nothing, order: nothing, count: "any" };
}

/** The columns of a table or function that are read, in the order in which they are. */
function scanned(node: PlanNode, flow: (index: number) => Flow): Column[] {
  const read = (node.column_indexes ?? []).map((one) => one.index ?? 0);
  // The engine reads some column where none is asked for.
  if (read.length === 0) return columnsOf([unknown], [undefined], node.table_index);
  const columns = columnsOf(
    read.map(flow),
    read.map((index) => node.returned_types?.[index]),
    node.table_index,
  );
  const kept = node.projection_ids ?? [];
  return kept.length === 0 ? columns : kept.map((index) => columns[index] ?? notThere());
}

function notThere(): never {
  throw new Unproven("a kept column that is not there");
}

/** Its arguments are columns of its input; other columns of the input go past it. */
function callFunction(node: PlanNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input: Relation =
    node.children === undefined ? { columns: [], ...oneRow } : walk.relation(onlyChild(node));
  const past = new Set(node.projected_input ?? []);
  const given = input.columns.filter((_, index) => !past.has(index)).map((column) => column.flow);
  const value = ledger.merge(given, strength.expression);
  const made = scanned(node, (index) => (index === node.ordinality_idx ? counted : value));
  const passing = [...past].map((index) => input.columns[index] ?? notThere());
  return {
    columns: [...made, ...passing],
    rows: ledger.unite([input.rows, ledger.decideAll(given, "join")]),
    order: input.order,
    count: "any",
  };
}

/** `VALUES`: each column takes its values from all rows. */
export function values(node: ValuesNode, walk: Walk): Relation {
  const { ledger } = walk;
  const input = walk.relation(onlyChild(node as unknown as PlanNode));
  const single = input.count === "one";
  const scope = new Scope(single ? absorb(input.columns, input.rows, ledger) : input.columns);
  const types = node.expr_types ?? [];
  const rows = (node.expressions ?? []).map((row) => flowsOf(row, scope, ledger));
  if (rows.some((row) => row.length !== types.length)) throw new Unproven("rows of another width");
  const flows = types.map((_, index) =>
    ledger.merge(
      rows.map((row) => row[index] ?? unknown),
      strength.identity,
    ),
  );
  return {
    columns: columnsOf(flows, types, node.table_index),
    rows: single ? nothing : input.rows,
    order: input.order,
    count: single && rows.length === 1 ? "one" : "any",
  };
}

/** Rows that the engine knows while it plans. */
export function knownRows(node: PlanNode): Relation {
  const types = node.type === "LOGICAL_DUMMY_SCAN" ? [undefined] : (node.chunk_types ?? []);
  const columns = columnsOf(
    types.map(() => constant),
    types,
    node.table_index,
  );
  return node.type === "LOGICAL_DUMMY_SCAN" ? { columns, ...oneRow } : { columns, ...oneRow, count: "any" };
}

/** Copies of the columns of the outer query's row, under other names. */
export function outerRow(node: PlanNode, { outer }: Walk): Relation {
  const copies = outer.at(-1);
  if (copies === undefined) throw new Unproven("a copy of a row outside of an inner query");
  return { columns: renamed(copies, node), ...oneRow };
}

export function readCte(node: PlanNode, { ctes }: Walk): Relation {
  const cte = ctes.get(node.cte_index ?? 0);
  if (cte === undefined || node.is_recurring === true)
    throw new Unproven("a table expression that is not known");
  return { ...cte, columns: renamed(cte.columns, node) };
}

/** The same columns under the number of this table, of the types that it says. */
function renamed(columns: readonly Column[], node: PlanNode): Column[] {
  const types = node.chunk_types ?? [];
  const fits = columns.every(({ type }, index) => type === undefined || type === types[index]?.id);
  if (types.length !== columns.length || !fits) throw new Unproven("copied columns do not fit");
  return columnsOf(
    columns.map((column) => column.flow),
    types,
    node.table_index,
  );
}

/**
 * What depends on what, found out by trying: run a query, change the values of one column of one table, run
 * it again, and see which columns of the answer moved. It knows nothing of how lineage is derived.
 */
import type { Choices } from "./choices.ts";
import { changeColumn, type Table } from "./tables.ts";
import type { Answer, World } from "./world.ts";

export interface Case {
  readonly sql: string;
  readonly tables: readonly Table[];
}

export interface SourceColumn {
  /** `schema.name`. */
  readonly dataset: string;
  readonly column: string;
}

/** An output column that moved when a column of a table was changed. */
export interface Move {
  readonly source: SourceColumn;
  /** Name of the output column. */
  readonly output: string;
  /** The changed table with which it moved. */
  readonly changed: Table;
}

export interface Observation {
  /** Names of the output columns. */
  readonly names: readonly string[];
  /** Those of the output columns whose values depend on the data alone, not on the order of rows in tables. */
  readonly steady: readonly string[];
  /** Rows of the answer before anything was changed. */
  readonly rows: number;
  /** How many changed tables were tried and had an answer. */
  readonly changes: number;
  /** The first move of each pair of source and output. */
  readonly moves: readonly Move[];
}

export interface Effort {
  /** Changes tried for each column. */
  readonly tries: number;
  /** Columns that need no try. */
  readonly skip?: (source: SourceColumn) => boolean;
}

/** Undefined where the engine refuses the query for its data: a text that is no number, say. */
export async function observe(
  world: World,
  { sql, tables }: Case,
  choices: Choices,
  { tries, skip }: Effort,
): Promise<Observation | undefined> {
  const reordered: (Answer | undefined)[] = [];
  const backwards = tables.map((table) => ({ ...table, rows: table.rows.toReversed() }));
  for (const order of [backwards, reorder(tables, choices)]) {
    await world.load(order);
    reordered.push(await world.ask(sql));
  }
  await world.load(tables);
  const before = await world.ask(sql);
  if (before === undefined) return undefined;
  const steady = before.names.filter((_, at) =>
    reordered.every((answer) => answer?.columns[at] === before.columns[at]),
  );
  const moves = new Map<string, Move>();
  let changes = 0;
  for (const table of tables) {
    for (const [at, { name: column }] of table.columns.entries()) {
      const source = { dataset: table.name, column };
      if (skip?.(source) === true) continue;
      for (let trial = 0; trial < tries; trial++) {
        const changed = changeColumn(table, at, choices);
        if (changed === undefined) continue;
        await world.load([changed]);
        const after = await world.ask(sql);
        if (after === undefined) continue;
        changes += 1;
        for (const output of movedColumns(before, after)) {
          const pair = JSON.stringify([source, output]);
          if (steady.includes(output) && !moves.has(pair)) moves.set(pair, { source, output, changed });
        }
      }
    }
    await world.load([table]);
  }
  return { names: before.names, steady, rows: before.rows, changes, moves: [...moves.values()] };
}

const movedColumns = (before: Answer, after: Answer): string[] =>
  before.names.filter((_, at) => before.columns[at] !== after.columns[at]);

const reorder = (tables: readonly Table[], choices: Choices): Table[] =>
  tables.map((table) => ({ ...table, rows: choices.shuffle(table.rows) }));

/**
 * Whether a move is due to the changed column and nothing else: in whatever order the rows lie, and whatever
 * the optimiser does, the output is the same before, the same after, and not the same before and after.
 */
export async function isCertain(
  world: World,
  { sql, tables }: Case,
  move: Move,
  choices: Choices,
): Promise<boolean> {
  const sides = [tables, tables.map((table) => (table.name === move.changed.name ? move.changed : table))];
  const seen: string[] = [];
  for (const side of sides) {
    const answers = new Set<string | undefined>();
    for (let times = 0; times < 24 && answers.size < 2; times++) {
      await world.load(times < 2 ? side : reorder(side, choices));
      const answer = await (times % 4 === 1 ? world.askPlainly(sql) : world.ask(sql));
      answers.add(answer?.columns[answer.names.indexOf(move.output)]);
    }
    const [only, ...others] = answers;
    if (only === undefined || others.length > 0) return false;
    seen.push(only);
  }
  return seen[0] !== seen[1];
}

/** The smallest tables found with which a move still happens: rows are taken away while it does. */
export async function fewestRows(
  world: World,
  { sql, tables }: Case,
  move: Move,
  choices: Choices,
): Promise<{ readonly tables: readonly Table[]; readonly move: Move }> {
  let smallest = { tables, move };
  for (let at = 0; at < tables.length; at++) {
    for (let row = tables[at]!.rows.length - 1; row >= 0; row--) {
      const without = (table: Table): Table => ({ ...table, rows: table.rows.toSpliced(row, 1) });
      const fewer = smallest.tables.map((table, index) => (index === at ? without(table) : table));
      const isChanged = tables[at]!.name === move.changed.name;
      const changed = isChanged ? without(smallest.move.changed) : smallest.move.changed;
      const candidate = { ...smallest.move, changed };
      if (await isCertain(world, { sql, tables: fewer }, candidate, choices)) {
        smallest = { tables: fewer, move: candidate };
      }
    }
  }
  return smallest;
}

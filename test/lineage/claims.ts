/** What lineage says depends on what, held against what was seen to move. */
import type { ColumnLineage, QueryLineage } from "../../src/graph/lineage.ts";
import type { Move, Observation, SourceColumn } from "./perturb.ts";
import type { Table } from "./tables.ts";

interface Pair {
  readonly source: SourceColumn;
  readonly output: string;
}

const isSame = (one: SourceColumn, other: SourceColumn): boolean =>
  one.dataset === other.dataset && one.column === other.column;

/** Whether an output column may depend on a source: through its values, its rows, or for want of a proof. */
export function mayDepend(lineage: QueryLineage, output: string, source: SourceColumn): boolean {
  const column = lineage.columns.find((one) => one.column === output);
  if (column === undefined || !column.proven) return true;
  return [...column.direct, ...column.indirect, ...lineage.rows].some((one) => isSame(one, source));
}

/** Columns of the answer that lineage does not speak of, or that it invents. */
export function misnamed(lineage: QueryLineage, names: readonly string[]): string[] {
  const told = lineage.columns.map(({ column }) => column);
  const list = told.length === 0 ? "(nothing)" : told.join(", ");
  return told.join("\n") === names.join("\n") ? [] : [`${list} instead of ${names.join(", ")}`];
}

/** Moves that lineage does not allow. */
export const misses = (lineage: QueryLineage, { moves }: Observation): Move[] =>
  moves.filter(({ output, source }) => !mayDepend(lineage, output, source));

/** Sources on which no output is said to depend otherwise than through the rows: they cannot be missed. */
export function cannotBeMissed(lineage: QueryLineage, source: SourceColumn): boolean {
  return lineage.columns.every(({ column }) => mayDepend(lineage, column, source));
}

/** All that proven lineage says, as pairs, of outputs that can be watched. */
export function claimed(
  lineage: QueryLineage,
  { steady }: Observation,
  tables: readonly Table[],
): { readonly pairs: readonly Pair[]; readonly possible: number } {
  const sources = tables
    .filter(({ rows }) => rows.length > 0)
    .flatMap(({ name, columns }) => columns.map((column) => ({ dataset: name, column: column.name })));
  const pairs = lineage.columns
    .filter(({ column }) => steady.includes(column))
    .flatMap(({ column: output }) =>
      sources.filter((source) => mayDepend(lineage, output, source)).map((source) => ({ source, output })),
    );
  return { pairs, possible: sources.length * steady.length };
}

/** The same lineage after it forgot one source: of one column, or of the rows where `output` is missing. */
export function forget(lineage: QueryLineage, source: SourceColumn, output?: string): QueryLineage {
  const without = <T extends SourceColumn>(list: readonly T[]): T[] =>
    list.filter((one) => !isSame(one, source));
  if (output === undefined) return { ...lineage, rows: without(lineage.rows) };
  const forgetful = (column: ColumnLineage): ColumnLineage => ({
    ...column,
    direct: without(column.direct),
    indirect: without(column.indirect),
  });
  return {
    ...lineage,
    columns: lineage.columns.map((column) => (column.column === output ? forgetful(column) : column)),
  };
}

/** Every way in which a lineage can forget one source so that it says less. */
export function waysToForget(lineage: QueryLineage): QueryLineage[] {
  const distinct = <T extends SourceColumn>(list: readonly T[]): T[] =>
    list.filter((one, at) => list.findIndex((other) => isSame(one, other)) === at);
  const proven = lineage.columns.filter((column) => column.proven);
  const ofRows = proven.length === 0 ? [] : distinct(lineage.rows);
  const ofColumns = proven.flatMap((column) =>
    distinct([...column.direct, ...column.indirect]).map((source) => forget(lineage, source, column.column)),
  );
  return [...ofRows.map((source) => forget(lineage, source)), ...ofColumns].filter((less) =>
    saysLess(less, lineage),
  );
}

/** A source that is claimed twice, for the rows and for a column, is not forgotten by forgetting one. */
function saysLess(less: QueryLineage, more: QueryLineage): boolean {
  const count = (lineage: QueryLineage): number =>
    lineage.columns
      .map(({ direct, indirect }) => {
        const all = [...direct, ...indirect, ...lineage.rows];
        return new Set(all.map(({ dataset, column }) => JSON.stringify([dataset, column]))).size;
      })
      .reduce((sum, size) => sum + size, 0);
  return count(less) < count(more);
}

/** Two columns that together tell the rows apart, where none does alone. */
import type { DatasetNode } from "../../graph/graph.ts";
import { logicalTypeOf } from "../../sql/engine-type.ts";
import type { ColumnCounts, SeenColumn } from "./evidence.ts";
import { rowsOf } from "./evidence.ts";
import { counted, fewestRows, idLike, isAsked, type Suggestion, warning } from "./propose.ts";

type Pair = readonly [SeenColumn, SeenColumn];

/** Columns of which pairs are made; more would be unique by chance, and cost. */
const mostColumns = 8;
/** An estimate of as many different pairs may be that of all rows. */
const nearly = 0.85;

/**
 * Pairs worth a look, the likeliest first. A name that tells things apart, or the first column, is in each, and a day, a time
 * or another such name beside it: anything else is unique by chance.
 */
export function possiblePairs(
  node: DatasetNode,
  columns: readonly SeenColumn[],
  counts: readonly ColumnCounts[],
  rows: number,
): readonly Pair[] {
  const isTold = node.columns.some(({ declared }) => declared?.key === true || declared?.unique === true);
  if (rows < fewestRows || isTold || isAsked(node, ["duplicate_values"])) return [];
  const fit = columns.flatMap((column, at) => {
    const { values = 0, distinct = 0 } = counts[at] ?? {};
    const type = logicalTypeOf(node.columns.find(({ name }) => name === column.name)?.engineType ?? "");
    const isName = (type === "text" || type === "integer") && (at === 0 || idLike.test(column.name));
    const isFit = values === rows && distinct > 1 && (isName || type === "date" || type === "timestamp");
    return isFit ? [{ column, isName, distinct }] : [];
  });
  return fit
    .slice(0, mostColumns)
    .flatMap((a, at, all) => all.slice(at + 1).map((b) => [a, b] as const))
    .filter(([a, b]) => (a.isName || b.isName) && a.distinct * b.distinct >= rows * nearly)
    .toSorted(([a, b], [c, d]) => Number(c.isName && d.isName) - Number(a.isName && b.isName))
    .map(([a, b]) => [a.column, b.column] as const);
}

/** How many different pairs there are, about. */
export function pairsQuery(dataset: string, columns: readonly SeenColumn[], pairs: readonly Pair[]): string {
  const at = (column: SeenColumn): string => `c${columns.indexOf(column)}`;
  const counts = pairs.map(([a, b]) => `approx_count_distinct(row(${at(a)}, ${at(b)}))`);
  return `select ${counts.join(", ") || "1"} from ${rowsOf(dataset, columns)}`;
}

/** The pairs that may differ in all rows. */
export const likelyPairs = (
  pairs: readonly Pair[],
  cells: readonly unknown[],
  rows: number,
): readonly Pair[] => pairs.filter((_, at) => Number(cells[at]) >= rows * nearly);

/** How many different pairs there are, exactly. */
export function pairQuery(dataset: string, columns: readonly SeenColumn[], [a, b]: Pair): string {
  const [one, other] = [a, b].map((column) => `c${columns.indexOf(column)}`);
  return `select count(*) from (select distinct ${one}, ${other} from ${rowsOf(dataset, columns)})`;
}

export const proposePair = ([a, b]: Pair, rows: number): Suggestion => ({
  about: "key",
  addition: warning({ check: "duplicate_values", columns: [a.name, b.name] }),
  evidence: `no two of ${counted(rows, "row")} have the same ${a.name} and ${b.name}`,
});

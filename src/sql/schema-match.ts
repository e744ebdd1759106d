import type { LogicalType } from "../define/column.ts";
import type { GraphColumn } from "../graph/graph.ts";
import { logicalTypeOf } from "./engine-type.ts";

/** What a dataset's columns are to be; see the check `schema_match`. */
interface WantedSchema {
  readonly columns: Readonly<Record<string, LogicalType>>;
  readonly ordered?: boolean;
  readonly others?: boolean;
}

/** A column that is not as it is wanted. */
export interface SchemaDifference {
  readonly column: string;
  readonly problem: string;
}

/** How columns differ from what is wanted of them, in the order of what is wanted; others come last. */
export function schemaDifferences(
  { columns: wanted, ordered = false, others = false }: WantedSchema,
  columns: readonly GraphColumn[],
): readonly SchemaDifference[] {
  const found = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const names = Object.keys(wanted);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const missing = Object.entries(wanted).flatMap(([column, type]) => {
    const one = found.get(column.toLowerCase());
    if (one === undefined) return [{ column, problem: "is missing" }];
    const actual = one.declared?.type ?? logicalTypeOf(one.engineType);
    return actual === type ? [] : [{ column, problem: `is ${actual}, not ${type}` }];
  });
  const more = columns
    .filter(({ name }) => !others && !known.has(name.toLowerCase()))
    .map(({ name }) => ({ column: name, problem: "is not expected" }));
  return [...missing, ...(ordered ? misplaced(names, columns) : []), ...more];
}

/** The columns that stand in another order than they are wanted in, among those that are there. */
function misplaced(wanted: readonly string[], columns: readonly GraphColumn[]): readonly SchemaDifference[] {
  const places = new Map(columns.map(({ name }, place) => [name.toLowerCase(), place]));
  const there = wanted.filter((name) => places.has(name.toLowerCase()));
  const placeOf = (name: string): number => places.get(name.toLowerCase()) ?? 0;
  return there.flatMap((column, at) => {
    const before = there[at - 1];
    return before !== undefined && placeOf(column) < placeOf(before)
      ? [{ column, problem: `comes before ${before}` }]
      : [];
  });
}

import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import type { ProvenUnique } from "../graph/unique-columns.ts";
import type { BoundColumn, Uniqueness } from "../sql/binder.ts";

const integers = /^U?(?:TINY|SMALL|BIG)?INT(?:EGER)?$/;

/** Of what a model promises to be unique: all that its query proves. */
export function proveUnique(
  columns: readonly GraphColumn[],
  checks: readonly GraphCheck[],
  bound: readonly BoundColumn[],
  uniqueness: Uniqueness,
): readonly ProvenUnique[] {
  const types = new Map(bound.map(({ name, engineType }) => [name, engineType]));
  const isKept = (name: string): boolean => {
    const made = types.get(name);
    const kept = columns.find((column) => column.name === name)?.engineType;
    if (made === undefined || kept === undefined) return false;
    // Two values may become one when they are kept in another type; no two whole numbers do.
    return made === kept || (integers.test(made) && integers.test(kept));
  };
  return promised(columns, checks).flatMap((names) =>
    uniqueness(names.filter(isKept)).map((given) => ({ columns: names, given })),
  );
}

function promised(columns: readonly GraphColumn[], checks: readonly GraphCheck[]): (readonly string[])[] {
  const key = columns.filter(({ declared }) => declared?.key).map(({ name }) => name);
  const unique = columns.filter(({ declared }) => declared?.unique).map(({ name }) => [name]);
  const checked = checks.flatMap((check) => (check.check === "duplicate_values" ? [check.columns] : []));
  const all = [...(key.length === 0 ? [] : [key]), ...unique, ...checked];
  return [...new Map(all.map((names) => [JSON.stringify(names), names])).values()];
}

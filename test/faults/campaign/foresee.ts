import { datasets, type Row, type Tables } from "./datasets.ts";
import type { World } from "./world.ts";

/** What an environment must publish, by dataset. */
export interface Foreseen {
  readonly rows: Tables;
  /** How many records of each source must be in quarantine. */
  readonly refused: Readonly<Record<string, number>>;
}

export const nothingYet: Foreseen = { rows: {}, refused: {} };

/**
 * What a run of a world must publish over what stood there before, and whom it must hold. `failing` are datasets
 * that a fault made fail: they are held like those that a check stops, and all that reads them with them.
 */
export function foresee(
  world: World,
  before: Foreseen,
  failing: ReadonlySet<string> = new Set(),
): { readonly foreseen: Foreseen; readonly held: readonly string[] } {
  const rows: Record<string, readonly Row[]> = {};
  const refused: Record<string, number> = {};
  const held = new Set<string>();
  for (const { name, inputs, variants, refused: refuse } of datasets) {
    const variant = variants[world.variants[name] ?? -1];
    if (variant === undefined) continue;
    const waits = failing.has(name) || inputs.some((input) => held.has(input));
    const now = waits ? [] : variant.rows(rows, world);
    if (waits || variant.stops?.(now)) {
      held.add(name);
      const [last, count] = [before.rows[name], before.refused[name]];
      if (last !== undefined) rows[name] = last;
      if (count !== undefined) refused[name] = count;
      continue;
    }
    rows[name] = now;
    if (refuse) refused[name] = refuse(world);
  }
  return { foreseen: { rows, refused }, held: [...held].toSorted() };
}

/** Rows as the bare engine writes them down, sorted. */
export const asText = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

import { datasets, type Row, type Tables } from "./datasets.ts";
import type { World } from "./world.ts";

/** What an environment must publish, by dataset. */
export interface Foreseen {
  readonly rows: Tables;
  /** How many records of each source must be in quarantine. */
  readonly refused: Readonly<Record<string, number>>;
  /** The project that made it. */
  readonly variants: World["variants"];
}

export const nothingYet: Foreseen = { rows: {}, refused: {}, variants: {} };

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
  return { foreseen: { rows, refused, variants: world.variants }, held: [...held].toSorted() };
}

/**
 * What promoting may publish. Which sources stay because their data is newer there is told by other tests; here each
 * may move or stay, or be read again, and everything else must follow from that: what reads a source that stays is made
 * of it by the promoted project or held where it was, the rest is as it is in the other environment.
 */
export function foreseePromotion(
  origin: Foreseen,
  before: Foreseen,
  world: World,
  held: ReadonlySet<string>,
): readonly Foreseen[] {
  const project = datasets.filter(({ name }) => origin.variants[name] !== undefined);
  const sources = project.filter(({ inputs }) => inputs.length === 0).map(({ name }) => name);
  const again = foresee({ ...world, variants: origin.variants }, nothingYet).foreseen;
  let ways: readonly Foreseen[] = [{ ...origin, rows: {}, refused: {} }];
  for (const source of sources) {
    ways = ways.flatMap((way) =>
      [origin, before, again].flatMap((from) => {
        const [rows, count] = [from.rows[source], from.refused[source]];
        if (rows === undefined || count === undefined) return from === origin ? [way] : [];
        return [
          { ...way, rows: { ...way.rows, [source]: rows }, refused: { ...way.refused, [source]: count } },
        ];
      }),
    );
  }
  return ways.map((way) => {
    const rows: Record<string, readonly Row[]> = { ...way.rows };
    const moved = new Set(sources.filter((source) => rows[source] !== origin.rows[source]));
    for (const { name, inputs, variants } of project) {
      if (inputs.length === 0) continue;
      const isTouched = inputs.some((input) => moved.has(input));
      if (isTouched) moved.add(name);
      const from = !isTouched ? origin.rows[name] : held.has(name) ? before.rows[name] : undefined;
      if (from !== undefined) rows[name] = from;
      else if (isTouched && !held.has(name))
        rows[name] = variants[origin.variants[name] ?? -1]?.rows(rows, world) ?? [];
    }
    return { ...way, rows };
  });
}

/** Rows as the bare engine writes them down, sorted. */
export const asText = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** Cases made up from a number, the same each time, and the smallest that still shows the same. */
import { quoteDataset } from "../../../src/sql/quote.ts";
import { Choices, shrink } from "../choices.ts";
import { type Case, fewestRows } from "../perturb.ts";
import { study, type Study, type Trace } from "../study.ts";
import { randomTable } from "../tables.ts";
import type { World } from "../world.ts";
import { datasets } from "./datasets.ts";
import { QueryMaker } from "./query-maker.ts";

/** How deep parts of made-up queries nest. */
const depth = 3;

/** A query of these choices, over tables of this seed. */
function makeCase(choices: Choices, seed: number): Case {
  const { sql } = new QueryMaker(choices, datasets).query(depth, undefined, []);
  const rows = new Choices(seed ^ 0x5eed);
  const tables = datasets.map((dataset) => randomTable(dataset, rows));
  return { sql, tables: tables.filter(({ name }) => sql.includes(quoteDataset(name))) };
}

/** The case with this number. */
export const madeCase = (seed: number): Case => makeCase(new Choices(seed), seed);

/** A smaller query and fewer rows with which lineage is wrong as well. */
export async function smallestMiss(world: World, trace: Trace, seed: number): Promise<Study | undefined> {
  const again = (choices: readonly number[]): Promise<Study | undefined> =>
    study(world, trace, makeCase(new Choices(choices), seed), new Choices(seed), {
      tries: 6,
      complete: false,
    });
  const isWrong = (found: Study | undefined): boolean =>
    found !== undefined && found.misses.length + found.faults.length > 0;
  const first = new Choices(seed);
  makeCase(first, seed);
  const smallest = await shrink(first.made, async (choices) => isWrong(await again(choices)));
  const found = await again(smallest);
  const [move] = found?.misses ?? [];
  if (found === undefined || move === undefined) return found;
  const fewer = await fewestRows(world, found.case, move, new Choices(seed));
  return { ...found, case: { sql: found.case.sql, tables: fewer.tables }, misses: [fewer.move] };
}

import { quoteName } from "../../sql/quote.ts";
import type { Database } from "./database.ts";

/** Types whose values are 64-bit integers without loss. */
export const isInteger = (engineType: string): boolean =>
  /^(?:BIGINT|U?INTEGER|U?SMALLINT|U?TINYINT)$/.test(engineType);

/** Rows for each group of 32 values, below which a group of its own for each value is as cheap. */
const worthwhile = 2;

/**
 * How many rows share their integer with an earlier row; nulls share nothing. 32 neighbouring values are one
 * group and one bit each, so that there are few groups where numbers are given out one after the other, in
 * whatever order they come. Undefined where values lie too far apart for that. `rows`: SQL of the table.
 */
export async function repeatedIntegers(
  database: Database,
  rows: string,
  column: string,
): Promise<number | undefined> {
  const name = `cast(${quoteName(column)} as bigint)`;
  const { count, low, high } = await database.one<{
    count: bigint;
    low: bigint | null;
    high: bigint | null;
  }>(`select count(${name}) as count, min(${name}) as low, max(${name}) as high from ${rows}`);
  if (low === null || high === null) return 0;
  if ((high - low) / 32n >= count / BigInt(worthwhile)) return undefined;
  // Shifts and bits of negative numbers are those of their two's complement: no two values share a bit.
  const { repeats } = await database.one<{ repeats: bigint }>(`
    select cast(sum(numbers - bit_count(bits)) as bigint) as repeats
    from (select count(*) as numbers, bit_or(1::bigint << (${name} & 31)) as bits
      from ${rows} where ${name} is not null group by ${name} >> 5)`);
  return Number(repeats);
}

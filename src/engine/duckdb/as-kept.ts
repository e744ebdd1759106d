import type { TableColumn } from "../../graph/table-column.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";

/** What is said where an interval would become another one. */
export const lossyInterval =
  "an interval that is negative, finer than a millisecond or longer than 49 days of hours";

/**
 * SQL of a column of a query, in the type in which it is kept. A file has an interval as months, days and milliseconds, each a
 * natural number of 32 bits; what is left over would be lost without a word, so it is an error.
 */
export function asKept({ name, engineType }: Pick<TableColumn, "name" | "engineType">): string {
  const value = `cast(${quoteName(name)} as ${engineType})`;
  if (engineType !== "INTERVAL") return value;
  const part = (unit: string): string => `datepart('${unit}', ${value})`;
  const micros = `(${part("hour")} * 3600000000 + ${part("minute")} * 60000000 + ${part("microseconds")})`;
  const parts = [`${part("year")} * 12 + ${part("month")}`, part("day"), micros];
  const isLossy = `least(${parts.join(", ")}) < 0 or ${micros} % 1000 <> 0 or ${micros} // 1000 > 4294967295`;
  return `case when ${isLossy} then error(${quoteText(lossyInterval)}) else ${value} end`;
}

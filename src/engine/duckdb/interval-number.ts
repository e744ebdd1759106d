import type { Grain } from "../../define/materialization.ts";
import { intervalStart } from "../../graph/intervals.ts";
import { quoteText } from "../../sql/quote.ts";

/** SQL of the number of the interval that a date or time lies in, as `intervalAt` counts; null where it lies in none. */
export function intervalNumber(grain: Grain, value: string): string {
  const time = `cast(${value} as timestamp)`;
  return `case when isfinite(${time}) then ${numberOf(grain, time)} end`;
}

function numberOf(grain: Grain, time: string): string {
  // In whole numbers: as floating point, the last microsecond of a day far in the future would round into the next.
  const per = (microseconds: string, shift = "0"): string => {
    const since = `(epoch_us(${time}) + ${shift})`;
    return `((${since} - (${since} % ${microseconds} + ${microseconds}) % ${microseconds}) // ${microseconds})`;
  };
  switch (grain) {
    case "hour":
      return per("3600000000");
    case "day":
      return per("86400000000");
    case "week":
      return per("604800000000", "259200000000");
    case "month":
      return `cast((year(${time}) - 1970) * 12 + month(${time}) - 1 as bigint)`;
  }
}

/**
 * SQL of a condition that no value within some intervals fails, in the column's own type, so that the engine passes
 * over what lies outside without reading it. Values outside may pass.
 */
export function roughlyWithin(
  grain: Grain,
  { column, engineType }: { readonly column: string; readonly engineType: string },
  [start, end]: readonly [number, number],
): string {
  // Nanoseconds reach from 1677 to 2262 only: a limit may lie outside.
  if (engineType === "TIMESTAMP_NS") return "true";
  // Years of more than four digits are written in another way, or not known to `Date` at all (its text is null then);
  // they are worth no trouble.
  const limits = [start, end].map((number) => new Date(intervalStart(grain, number)).toJSON() ?? "");
  if (!limits.every((text) => /^\d{4}-/.test(text))) return "true";
  const [low = "", high = ""] = limits.map(
    (text) => `cast(timestamp ${quoteText(text.slice(0, 19).replace("T", " "))} as ${engineType})`,
  );
  return `${column} between ${low} and ${high}`;
}

import type { CheckValue } from "../define/check-spec.ts";
import { quoteText } from "../sql/quote.ts";

/** A value of a check as SQL. */
export const literal = (value: CheckValue): string =>
  typeof value === "number" ? String(value) : quoteText(value);

export const literals = (values: readonly CheckValue[]): string => values.map(literal).join(", ");

/** Seconds of a duration such as `"90m"` or `"2d"`. */
export function secondsOf(duration: string): number {
  const [, count = "0", unit = "s"] = /^(\d+)([smhdw])$/.exec(duration) ?? [];
  return Number(count) * { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[unit as "s" | "m" | "h" | "d" | "w"];
}

import { quoteText } from "./quote.ts";

/**
 * SQL that says whether the whole of a text meets a pattern, null of null. Patterns of a fixed form, such as codes and
 * numbers of so many digits, are asked as globs: these say the same and take half the time.
 */
export function patternHolds(text: string, pattern: string): string {
  const glob = globOf(pattern);
  return glob === undefined
    ? `regexp_full_match(${text}, ${quoteText(pattern)})`
    : `(${text} glob ${quoteText(glob)})`;
}

/** One character, or one of a class of them, and how often. Classes exclude nothing and name no punctuation. */
const item =
  /(?:(?<class>\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_ ])+\])|(?<digit>\\d)|\\(?<escaped>[-+.:/()|{}^$])|(?<plain>[A-Za-z0-9 _:;,/@#%&=<>!~'"-]))(?:\{(?<times>[1-9]\d?)\})?/y;

/** Longer ones are no codes. */
const longest = 400;

/** The glob that says the same as a pattern; undefined where there is none. */
export function globOf(pattern: string): string | undefined {
  const inner = pattern.startsWith("^") ? pattern.slice(1) : pattern;
  let glob = "";
  let at = 0;
  while (at < inner.length && glob.length <= longest) {
    item.lastIndex = at;
    const found = item.exec(inner);
    if (found === null) return glob !== "" && inner.slice(at) === "$" ? glob : undefined;
    at = item.lastIndex;
    // What follows may say that there can be more, less or another.
    if (/[*+?{|]/.test(inner[at] ?? "")) return undefined;
    const { class: some, digit, escaped, plain, times = "1" } = found.groups ?? {};
    if (some !== undefined && !isRising(some)) return undefined;
    glob += (digit === undefined ? (some ?? escaped ?? plain ?? "") : "[0-9]").repeat(Number(times));
  }
  return glob !== "" && glob.length <= longest ? glob : undefined;
}

/** Whether the ranges of a class begin where they should; others are a mistake that the engine tells of. */
const isRising = (some: string): boolean =>
  [...some.matchAll(/(.)-(.)/g)].every(([, from = "", to = ""]) => from <= to);

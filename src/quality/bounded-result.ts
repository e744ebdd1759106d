import type { CheckResult } from "./verdict.ts";

/** Characters of a message, and of a value in a sample: a cell may hold megabytes, and what is found goes to many places. */
const longestMessage = 1000;
const longestValue = 500;

/** A text of at most so many characters, which says so by ending in "…". */
const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;

/** What is said of something that failed, in a length that can be kept, printed and sent. */
export const boundedMessage = (message: string): string => cut(message, longestMessage);

/** A result in a size that can be kept, printed and sent, whatever rows hold. */
export function boundedResult(result: CheckResult): CheckResult {
  const sample = result.sample.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, boundedValue(value)])),
  );
  return { ...result, message: boundedMessage(result.message), sample };
}

function boundedValue(value: unknown): unknown {
  if (typeof value === "string") return cut(value, longestValue);
  if (typeof value !== "object" || value === null) return value;
  const text = JSON.stringify(value);
  return text.length <= longestValue ? value : cut(text, longestValue);
}

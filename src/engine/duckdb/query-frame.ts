import type { SqlProblem } from "../../sql/binder.ts";

/** Characters of a line that are shown around a mistake. */
const frameWidth = 100;

/** The line of a query in which a problem is, and a mark below it. Nothing where the place is unknown. */
export function renderFrame(sql: string, problem: Pick<SqlProblem, "position" | "length">): string[] {
  const { position, length = 1 } = problem;
  if (position === undefined) return [];
  const start = sql.lastIndexOf("\n", position - 1) + 1;
  const end = sql.indexOf("\n", position);
  const line = sql.slice(start, end < 0 ? sql.length : end);
  const column = position - start;
  const from = Math.max(0, Math.min(column - frameWidth / 2, line.length - frameWidth));
  const shown = line.slice(from, from + frameWidth).replaceAll(/\p{Cc}/gu, " ");
  const marks = "^".repeat(Math.max(1, Math.min(length, shown.length - (column - from))));
  const number = String(sql.slice(0, position).split("\n").length);
  return [`${number} | ${shown}`, `${" ".repeat(number.length)} | ${" ".repeat(column - from)}${marks}`];
}

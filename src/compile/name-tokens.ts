/** Names as they stand in a query's text. */
import { type SqlToken, scanSql } from "../sql/scan-sql.ts";

/** A name without its quotes. */
export const plainName = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;

/** As in SQL, letter case does not matter. */
export const isSame = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/** Everywhere in a query where a name stands, whatever it means there, but for those that AS gives. */
export function tokensNamed(sql: string, name: string): SqlToken[] {
  // There, AS names a column of the star.
  const hasReplace = /\breplace\s*\(/i.test(sql);
  let before = "";
  return [...scanSql(sql)].filter(({ kind, start, end }) => {
    const text = sql.slice(start, end);
    const isGiven = !hasReplace && isSame(before, "as");
    before = text;
    return !isGiven && (kind === "word" || kind === "name") && isSame(plainName(text), name);
  });
}

/** Where a name with all its parts ends: `raw.comments`. */
export function endOfDotted(sql: string, position: number): number {
  let end = position;
  for (const token of scanSql(sql)) {
    if (token.start < position) continue;
    const isDot = sql[token.start] === ".";
    const expectsDot = end > position && sql[end - 1] !== ".";
    if (isDot !== expectsDot || (!isDot && token.kind !== "word" && token.kind !== "name")) break;
    end = token.end;
  }
  return end;
}

/** Whether a token stands in the ORDER BY of a query, and not in that of a window or an aggregate. */
export function isOrderKey(sql: string, token: SqlToken): boolean {
  const words = [...scanSql(sql)]
    .filter(({ start }) => start < token.start)
    .map(({ start, end }) => sql.slice(start, end).toLowerCase());
  let depth = 0;
  let isOrdered = false;
  for (const [index, word] of [...words.entries()].toReversed()) {
    if (word === ")") depth += 1;
    else if (word === "(") depth -= 1;
    if (depth < 0) return false;
    if (depth > 0) continue;
    if (word === "by" && words[index - 1] === "order") isOrdered = true;
    else if (word === "select" || word === "from") return isOrdered;
  }
  return false;
}

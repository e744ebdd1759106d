/** Queries kept in a file of SQL, each under a comment with its name: `-- 1: totals by two flags`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface NamedQuery {
  readonly name: string;
  readonly sql: string;
}

/** The queries of a file beside this one. */
export function readQueries(file: string): NamedQuery[] {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  const [, ...parts] = text.split(/^-- (?=\w+: )/m);
  return parts.map((part) => {
    const line = part.indexOf("\n");
    return { name: part.slice(0, line), sql: part.slice(line).trim().replace(/;$/, "") };
  });
}

/** A stretch of SQL text that means what it says: not inside a string, a quoted name or a comment. */
export interface SqlToken {
  readonly kind: "word" | "name" | "text" | "parameter" | "mark";
  readonly start: number;
  readonly end: number;
}

const patterns = [
  { kind: undefined, pattern: /\s+|--[^\n]*/y },
  {
    kind: "text",
    pattern:
      /[eE]'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'|'[^']*(?:''[^']*)*'|\$([A-Za-z_\u0080-\uffff]*)\$[^]*?\$\1\$/y,
  },
  { kind: "name", pattern: /"[^"]*(?:""[^"]*)*"/y },
  { kind: "parameter", pattern: /\$\w+/y },
  { kind: "word", pattern: /[\p{L}\p{N}_][\p{L}\p{N}_$]*/uy },
  { kind: "mark", pattern: /[^]/uy },
] as const;

/** The tokens of a query, without spaces and comments. Never fails: what it cannot read is a mark. */
export function* scanSql(sql: string): Generator<SqlToken> {
  let at = 0;
  while (at < sql.length) {
    if (sql.startsWith("/*", at)) {
      at = endOfComment(sql, at);
      continue;
    }
    for (const { kind, pattern } of patterns) {
      pattern.lastIndex = at;
      if (!pattern.test(sql)) continue;
      const end = pattern.lastIndex;
      if (kind !== undefined) yield { kind, start: at, end };
      at = end;
      break;
    }
  }
}

/** Block comments nest in this dialect. */
function endOfComment(sql: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start + 2;
  for (let depth = 1; depth > 0;) {
    const match = edge.exec(sql);
    if (match === null) return sql.length;
    depth += match[0] === "/*" ? 1 : -1;
  }
  return edge.lastIndex;
}

/** The query up to its last token: without final semicolons, comments and spaces. */
export function trimQuery(sql: string): string {
  let end = 0;
  for (const token of scanSql(sql)) {
    if (!(token.kind === "mark" && sql[token.start] === ";")) end = token.end;
  }
  return sql.slice(0, end);
}

/** Where a named parameter is used first. */
export function findParameter(sql: string, name: string): SqlToken | undefined {
  for (const token of scanSql(sql)) {
    if (token.kind === "parameter" && sql.slice(token.start + 1, token.end) === name) return token;
  }
  return undefined;
}

/** A stretch of SQL text that means what it says: not inside a string, a quoted name or a comment. */
export interface SqlToken {
  readonly kind: "word" | "name" | "text" | "parameter" | "mark";
  readonly start: number;
  readonly end: number;
}

/** The most frequent come first. What the plain ones cannot read to its end, the others behind them do. */
const patterns = [
  { kind: undefined, pattern: /\s+|--[^\n]*/y },
  { kind: "word", pattern: /(?![eE]')\w[\w$]*(?![\w$\u0080-\uffff])/y },
  { kind: "mark", pattern: /[!#%&()*+,./:;<=>?@[\\\]^`{|}~-]/y },
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

/**
 * The first token that begins at `from` or behind it, where a token ends; undefined where there is none but spaces and
 * comments. Never fails: what it cannot read is a mark.
 */
export function nextToken(sql: string, from: number): SqlToken | undefined {
  let at = from;
  while (at < sql.length) {
    if (sql.startsWith("/*", at)) {
      at = endOfComment(sql, at);
      continue;
    }
    const { kind, end } = read(sql, at);
    if (kind !== undefined) return { kind, start: at, end };
    at = end;
  }
  return undefined;
}

function read(
  sql: string,
  at: number,
): { readonly kind: SqlToken["kind"] | undefined; readonly end: number } {
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) return { kind, end: pattern.lastIndex };
  }
  return { kind: "mark", end: at + 1 };
}

/** The tokens of a query, without spaces and comments. */
export function* scanSql(sql: string): Generator<SqlToken> {
  for (let token = nextToken(sql, 0); token !== undefined; token = nextToken(sql, token.end)) yield token;
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
  for (let token = nextToken(sql, 0); token !== undefined; token = nextToken(sql, token.end)) {
    if (!(token.kind === "mark" && sql[token.start] === ";")) ({ end } = token);
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

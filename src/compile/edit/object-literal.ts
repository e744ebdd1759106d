/** Object literals in the text of a TypeScript module, found without understanding more of it than brackets. */

export interface Property {
  readonly name: string;
  /** Where the value begins and ends, without spaces and comments around it; absent where it is not `name: value`. */
  readonly value?: { readonly start: number; readonly end: number };
}

export interface ObjectLiteral {
  readonly properties: readonly Property[];
  /** Of the brackets. */
  readonly start: number;
  readonly end: number;
}

export interface Token {
  readonly text: string;
  readonly at: number;
}

/** Spaces and comments; texts; words; anything else, a character each. A slash may begin a regular expression. */
const token =
  /(\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`|[\w$]+|\.\.\.|[^]/g;
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** The tokens of a text from a place on. */
export function tokensFrom(text: string, from: number): Token[] {
  const found: Token[] = [];
  token.lastIndex = from;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined) continue;
    const at = match.index;
    const before = found.at(-1)?.text ?? "(";
    if (match[0] === "/" && /^[([{,;:=!&|?+\-*%<>~^]$/.test(before)) {
      regex.lastIndex = at;
      const [literal] = regex.exec(text) ?? ["/"];
      found.push({ text: literal, at });
      token.lastIndex = at + literal.length;
    } else found.push({ text: match[0], at });
  }
  return found;
}

const opens = (text: string): boolean => text === "(" || text === "[" || text === "{";
const closes = (text: string): boolean => text === ")" || text === "]" || text === "}";

/** The items of a bracket that opens at a token: for each, its tokens. Undefined where it does not close. */
export function itemsOf(
  tokens: readonly Token[],
  open: number,
): { readonly items: readonly (readonly Token[])[]; readonly close: number } | undefined {
  const items: Token[][] = [];
  let item: Token[] = [];
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const one = tokens[at];
    if (one === undefined) break;
    if (closes(one.text)) depth -= 1;
    if (depth === 0 && at > open) {
      if (item.length > 0) items.push(item);
      return { items, close: at };
    }
    if (depth === 1 && one.text === ",") {
      items.push(item);
      item = [];
    } else if (at > open) item.push(one);
    if (opens(one.text)) depth += 1;
  }
  return undefined;
}

/** The literal that begins at a place; undefined where none does, or others are spread into it. */
export function readObject(text: string, from: number): ObjectLiteral | undefined {
  const tokens = tokensFrom(text, from);
  if (tokens[0]?.text !== "{") return undefined;
  const found = itemsOf(tokens, 0);
  if (found === undefined) return undefined;
  if (found.items.some(([first]) => first?.text === "..." || first?.text === "[")) return undefined;
  return {
    properties: found.items.flatMap(readProperty),
    start: tokens[0].at,
    end: (tokens[found.close]?.at ?? from) + 1,
  };
}

function readProperty(item: readonly Token[]): Property[] {
  const [name, colon, first] = item;
  const last = item.at(-1);
  if (name === undefined || last === undefined) return [];
  const value =
    colon?.text === ":" && first !== undefined
      ? { value: { start: first.at, end: last.at + last.text.length } }
      : {};
  return [{ name: unquoted(name.text), ...value }];
}

/** A name may be written with quotes. */
function unquoted(name: string): string {
  if (!/^["']/.test(name)) return name;
  try {
    return String(JSON.parse(name.startsWith("'") ? `"${name.slice(1, -1)}"` : name));
  } catch {
    return name;
  }
}

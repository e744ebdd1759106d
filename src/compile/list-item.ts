/** A stretch of a text. */
export interface Stretch {
  readonly at: number;
  readonly length: number;
}

/** Comments and spaces; texts; brackets and commas; anything else. */
const tokens =
  /(\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`)|([()[\]{},])|[^\s"'`()[\]{},/]+|\//g;

/**
 * An item of the list in TypeScript that begins at `from`, where it is written out there. Undefined for a list
 * with other lists spread into it, whose items cannot be counted.
 */
export function findListItem(text: string, from: number, index: number): Stretch | undefined {
  let depth = 0;
  let count = 0;
  let start: number | undefined;
  let end = from;
  tokens.lastIndex = from;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [token, space, , mark] = match;
    if (space !== undefined) continue;
    if (depth === 0 && token !== "[") return undefined;
    const closes = mark !== undefined && ")]}".includes(mark);
    if (closes) depth -= 1;
    if (depth === 0 || (depth === 1 && mark === ",")) {
      if (count === index && start !== undefined) return { at: start, length: end - start };
      if (depth === 0 && closes) return undefined;
      if (mark === ",") {
        count += 1;
        start = undefined;
      }
    } else if (start === undefined) {
      if (token.startsWith("...")) return undefined;
      start = match.index;
    }
    end = match.index + token.length;
    if (mark !== undefined && "([{".includes(mark)) depth += 1;
  }
  return undefined;
}

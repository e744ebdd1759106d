/** Patterns of contracts match the whole value; those of ODCS match anywhere in it, as those of JSON Schema do. */

/** The pattern that matches anywhere what this one matches as a whole. */
export const anchored = (pattern: string): string => `^(?:${pattern})$`;

/** The pattern that matches as a whole what this one matches anywhere. */
export function unanchored(pattern: string): string {
  const wrapped = /^\^\(\?:([^]*)\)\$$/.exec(pattern)?.[1];
  if (wrapped !== undefined && isClosed(wrapped)) return wrapped;
  const bare = /^\^([^]*)\$$/.exec(pattern)?.[1];
  if (bare !== undefined && isClosed(bare) && !bare.includes("|") && !bare.endsWith("\\")) return bare;
  return `[\\s\\S]*(?:${pattern})[\\s\\S]*`;
}

/** Whether every bracket that closes was opened in it, so that it can stand in brackets of others. */
function isClosed(pattern: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") depth++;
    else if (character === ")" && --depth < 0) return false;
  }
  return depth === 0 && !inClass;
}

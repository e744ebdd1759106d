import type { TemplatePieces } from "./definitions.ts";
import { type Place, placeAt } from "./place.ts";

/**
 * Where in a TypeScript file an offset of rendered SQL stands. A piece of a template maps exactly; what was
 * put in between maps to the expression in `${…}`. Undefined when the template is not in this file.
 */
export function placeInTemplate(
  text: string,
  templates: readonly TemplatePieces[],
  position: number | undefined,
  length: number | undefined,
): Place | undefined {
  if (position === undefined) return undefined;
  // Templates are listed outer first, so the last that covers the offset is the innermost.
  for (const template of templates.toReversed()) {
    const first = template.starts[0] ?? 0;
    const last = (template.starts.at(-1) ?? 0) + (template.strings.at(-1)?.length ?? 0);
    if (position < first || position > last) continue;
    const offsets = findPieces(text, template.strings);
    if (offsets === undefined) continue;
    const index = template.starts.findLastIndex((start) => start <= position);
    const offset = offsets[index];
    const into = position - (template.starts[index] ?? 0);
    const size = template.strings[index]?.length ?? 0;
    if (offset === undefined) continue;
    if (into < size || index === offsets.length - 1) return placeAt(text, offset + into, length);
    const expression = offset + size + "${".length;
    const end = (offsets[index + 1] ?? expression + 1) - "}".length;
    return placeAt(text, expression, end - expression);
  }
  return undefined;
}

/** Offsets of a template's pieces in a file, found one after the other; undefined when they are not there. */
function findPieces(text: string, strings: readonly string[]): number[] | undefined {
  const [head, ...others] = strings;
  if (head === undefined) return undefined;
  const opening = others.length === 0 ? `\`${head}\`` : `\`${head}\${`;
  for (let start = text.indexOf(opening); start >= 0; start = text.indexOf(opening, start + 1)) {
    const offsets = [start + 1];
    let at = start + opening.length;
    for (const [index, piece] of others.entries()) {
      const isLast = index === others.length - 1;
      const found = text.indexOf(`}${piece}${isLast ? "`" : "${"}`, at);
      if (found < 0) break;
      offsets.push(found + 1);
      at = found + 1 + piece.length;
    }
    if (offsets.length === strings.length) return offsets;
  }
  return undefined;
}

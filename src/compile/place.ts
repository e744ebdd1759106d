/** A stretch of a file, for people: lines and columns count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Characters of the first line that are meant. */
  readonly length?: number;
}

/** The place of an offset. `length` is cut where the line ends. */
export function placeAt(text: string, offset: number, length?: number): Place {
  const at = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", start)) {
    line += 1;
    start = end + 1;
  }
  const place = { line, column: at - start + 1 };
  if (length === undefined) return place;
  const lineEnd = text.indexOf("\n", at);
  const room = (lineEnd < 0 ? text.length : lineEnd) - at;
  return { ...place, length: Math.max(1, Math.min(length, room)) };
}

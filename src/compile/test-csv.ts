/** A record of CSV text; a value without anything is null, one in quotes is text even if it is empty. */
export interface CsvRecord {
  readonly cells: readonly (string | null)[];
  /** Line on which it begins, from 1. */
  readonly line: number;
}

const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/y;

/** Records of CSV text as people write it in a test: commas, double quotes (RFC 4180). Empty lines say nothing. */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: (string | null)[] = [];
  let line = 1;
  let start = 1;
  cell.lastIndex = 0;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    // A quote in the middle of a value: the rest of the line is one value, and the count of values tells it.
    const [all, raw = "", end = ""] = match ?? restOfLine(text, at);
    if (match === null) cell.lastIndex = at + all.length;
    cells.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw === "" ? null : raw);
    line += all.split("\n").length - 1;
    if (end === "," && cell.lastIndex < text.length) continue;
    if (end === ",") cells.push(null);
    if (cells.length > 1 || cells[0] !== null) records.push({ cells, line: start });
    cells = [];
    start = line;
  }
  return records;
}

function restOfLine(text: string, at: number): readonly [string, string, string] {
  const newline = text.indexOf("\n", at);
  const stop = newline < 0 ? text.length : newline;
  const raw = text.slice(at, stop).replace(/^"/, "");
  return [text.slice(at, stop + 1), raw, newline < 0 ? "" : "\n"];
}

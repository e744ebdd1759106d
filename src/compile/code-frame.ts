import type { Diagnostic } from "../errors.ts";

/** Columns of a terminal that a line of code may take before it is cut. */
const frameWidth = 100;

/**
 * A diagnostic in words, with the lines it is about when `text`, the file's content, is given:
 *
 *     error[unknown-column] models/community/phrases.sql:4:14
 *       column "boddy" does not exist in community.comments
 *         3 | select
 *       > 4 |   lower(c.boddy) as phrase
 *           |           ^^^^^
 *       did you mean "body"?
 *
 * What comes from files is shown without control characters, so that it cannot drive the terminal.
 */
export function renderDiagnostic(diagnostic: Diagnostic, text?: string): string {
  const { code, severity, message, path, line, column, suggestion } = diagnostic;
  const place = [path, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  const lines = [`${severity}[${code}] ${printable(place.join(":"))}`, ...indent(message)];
  if (text !== undefined && line !== undefined) lines.push(...frame(text, diagnostic, line));
  if (suggestion !== undefined) lines.push(...indent(suggestion));
  return lines.join("\n");
}

const indent = (words: string): string[] => words.split("\n").map((line) => `  ${printable(line)}`);

function frame(text: string, diagnostic: Diagnostic, line: number): string[] {
  const lines = text.split(/\r?\n/, line);
  const marked = lines[line - 1];
  if (marked === undefined) return [];
  const column = Math.min(diagnostic.column ?? 1, marked.length + 1);
  const cut = window(marked, column);
  const digits = String(line).length;
  const before = lines[line - 2];
  const shown: string[] = [];
  if (before !== undefined && before.trim() !== "") {
    shown.push(`    ${String(line - 1).padStart(digits)} | ${printable(before.slice(0, frameWidth))}`);
  }
  shown.push(`  > ${line} | ${printable(cut.text)}`);
  if (diagnostic.column !== undefined) {
    const lead = printable(cut.text.slice(0, cut.column - 1));
    const mark = printable(cut.text.slice(cut.column - 1, cut.column - 1 + (diagnostic.length ?? 1)));
    const arrows = "^".repeat(Math.max(1, displayWidth(mark)));
    const gutter = " ".repeat(digits + 4);
    shown.push(`${gutter} | ${" ".repeat(displayWidth(lead))}${arrows}`);
  }
  return shown;
}

/** The part of a long line around a column, and where the column is in it. */
function window(line: string, column: number): { readonly text: string; readonly column: number } {
  if (line.length <= frameWidth) return { text: line, column };
  const start = Math.max(0, Math.min(column - 1 - frameWidth / 2, line.length - frameWidth));
  const end = start + frameWidth;
  const head = start > 0 ? "…" : "";
  const tail = end < line.length ? "…" : "";
  return { text: head + line.slice(start, end) + tail, column: column - start + head.length };
}

const printable = (text: string): string =>
  text.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Cs}\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu, "\uFFFD");

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** How many columns of a terminal a text takes. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/**
 * Text as a terminal shows it: how wide it is, how it is cut, and what of it must never reach a terminal
 * as it came. Rows come from strangers, so everything that is data passes through `printable`.
 */

import { unprintable } from "../graph/unprintable.ts";

const plainAscii = /^[\x20-\x7e]*$/;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people count them. Made at first use: it costs milliseconds that most commands need not pay. */
function graphemes(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function graphemeWidth(grapheme: string): number {
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/** Columns that a text without control characters takes on a terminal. */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** A text in at most `width` columns, ending in "…" where something was cut. */
export function clip(text: string, width: number): string {
  if (text.length <= width && plainAscii.test(text)) return text;
  // A grapheme is never narrower than nothing: what is far too long need not be measured to its end.
  const measured = text.slice(0, width * 16 + 16);
  if (measured.length === text.length && displayWidth(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes(measured)) {
    const next = graphemeWidth(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/** Fill with spaces on the right (or, with `align: "right"`, on the left) up to a width in columns. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}

/** The same text on one line, with control characters shown as escapes instead of obeyed. */
export function printable(text: string): string {
  if (plainAscii.test(text)) return text;
  return text
    .replaceAll(
      unprintable,
      (character) =>
        named[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    )
    .toWellFormed();
}

/** Break a text at spaces into lines of at most `width` columns; a word that is longer stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === "" ? lines : [...lines, line];
}

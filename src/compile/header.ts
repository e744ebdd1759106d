/** The settings in front of a SQL model or a story, and the text behind them. */
import type { Diagnostic } from "../errors.ts";
import { placeAt } from "./place.ts";
import { type Settings, readYaml } from "./settings.ts";

export interface Headed {
  readonly settings: Settings;
  /** Where in the file the rest begins. */
  readonly bodyStart: number;
  readonly diagnostics: readonly Diagnostic[];
}

const opening = /^\s*\/\*---/;
const closing = "---*/";

/** Read the leading comment of a SQL model. A model without one has no settings. */
export function readSqlHeader(path: string, text: string): Headed {
  const open = opening.exec(text);
  if (open === null)
    return { settings: noSettings(path), bodyStart: 0, diagnostics: strayHeader(path, text) };
  const start = open[0].length;
  const end = text.indexOf(closing, start);
  if (end < 0) {
    return failed(path, text, start - 4, 'the header is not closed: "---*/" is missing', "end it with ---*/");
  }
  return { ...readYaml(path, text, start, end - start), bodyStart: end + closing.length };
}

/** Read the front matter of a story: settings between two lines of `---`. */
export function readStoryHeader(path: string, text: string): Headed {
  const open = /^---[^\S\n]*\n/.exec(text);
  if (open === null) {
    return failed(
      path,
      text,
      0,
      "a story begins with its settings",
      'write "title: …" between two lines of ---',
    );
  }
  const start = open[0].length;
  const close = /^---[^\S\n]*(?:\n|$)/m.exec(text.slice(start));
  if (close === null) {
    return failed(path, text, 0, "the settings are not closed: the second line of --- is missing", "add it");
  }
  return { ...readYaml(path, text, start, close.index), bodyStart: start + close.index + close[0].length };
}

/** A header further down would be a mere comment, and its settings silently nothing. */
function strayHeader(path: string, text: string): Diagnostic[] {
  const stray = /^[^\S\n]*\/\*---[^\S\n]*$/m.exec(text);
  if (stray === null) return [];
  const message = "the header is not the first thing in the file, so its settings are not read";
  const place = placeAt(text, stray.index + stray[0].indexOf("/*"), 5);
  return [
    { code: "yaml-syntax", severity: "error", message, path, ...place, suggestion: "move it to the top" },
  ];
}

const noSettings = (path: string): Settings => ({ path, value: {}, placeOf: () => undefined });

function failed(path: string, text: string, offset: number, message: string, suggestion: string): Headed {
  return {
    settings: noSettings(path),
    bodyStart: text.length,
    diagnostics: [
      { code: "yaml-syntax", severity: "error", message, path, ...placeAt(text, offset, 5), suggestion },
    ],
  };
}

import { Script } from "node:vm";

/**
 * Whether a TypeScript module is certainly JavaScript as it stands: nothing has to be taken out of it, and that saves
 * starting the compiler that does. Most definitions are. It is only a guess where the answer is no.
 */
export function isPlainScript(source: string): boolean {
  // `f<a>(b)` is a call with a type in the one language, and two comparisons in the other.
  if (source.includes("<")) return false;
  try {
    // Compiled to find mistakes, and never run. What only modules may say is left out of it.
    new Script(`"use strict";(async () => {\n${withoutModuleWords(source)}\n})`);
    return true;
  } catch {
    return false;
  }
}

/** Imports that name values alone; whatever else a module may say stays, and is a mistake in a script. */
const imports = /^import\s+(?:(?![\w$\s{},*]*\btype\b)[\w$\s{},*]+?\sfrom\s*)?(["'])[^"'\\\n]*\1;?/gm;

const withoutModuleWords = (source: string): string =>
  source
    .replaceAll(imports, "")
    .replaceAll(/^export\s+default\s/gm, "void ")
    .replaceAll(/^export\s+(?=(?:const|let|var|function|async|class)\b)/gm, "");

import { open } from "node:fs/promises";
import { startsWithMark } from "./scan-text.ts";

/** The first record of a CSV file. */
export interface CsvHeader {
  /** As it stands in the file: equal texts are read alike. */
  readonly text: string;
  readonly names: readonly string[];
  readonly delimiter: string;
  /** How the line ends: `\n`, `\r\n`, `\r`, or nothing at the end of the file. */
  readonly lineEnd: string;
}

/** The first line of a text that is not inside quotes, and how it ends. */
interface FirstLine {
  readonly text: string;
  readonly lineEnd: string;
}

const firstTry = 2 ** 16;
const longestHeader = 2 ** 20;

/** Why a file has no header that can be used. */
export interface HeaderProblem {
  readonly message: string;
  readonly hint?: string;
}

/** Read the header of a CSV file in UTF-8. `delimiter`: as declared, else found out. */
export async function readHeader(
  path: string,
  delimiter: string | undefined,
): Promise<CsvHeader | HeaderProblem> {
  const line = await readFirstLine(path);
  if (!line) {
    const message = `wrong header: the first line is longer than ${longestHeader >> 20} MB`;
    return { message, hint: "is this a CSV file, and is every quote closed?" };
  }
  const { text, lineEnd } = line;
  if (text.includes("\0")) {
    return {
      message: "wrong header: it contains NUL bytes",
      hint: 'text in UTF-16 is read with files("…", { encoding: "utf-16" })',
    };
  }
  if (text.trim() === "") return { message: "wrong header: the first line is empty" };
  const chosen = delimiter ?? findDelimiter(text);
  return { text, names: splitNames(text, chosen), delimiter: chosen, lineEnd };
}

/** How the first line of a text file ends: nothing where there is only one. */
export async function firstLineEnd(path: string): Promise<string> {
  const head = await readHead(path, firstTry);
  return /\r\n|\n|\r/.exec(head.text)?.[0] ?? "";
}

async function readFirstLine(path: string): Promise<FirstLine | undefined> {
  for (const bytes of [firstTry, longestHeader]) {
    const { text, whole } = await readHead(path, bytes);
    let quoted = false;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (character === '"') quoted = !quoted;
      else if (!quoted && (character === "\n" || character === "\r")) {
        const lineEnd = character === "\r" && text[at + 1] === "\n" ? "\r\n" : character;
        return { text: text.slice(0, at), lineEnd };
      }
    }
    if (whole) return quoted ? undefined : { text, lineEnd: "" };
  }
  return undefined;
}

async function readHead(
  path: string,
  bytes: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  await using file = await open(path, "r");
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === bytes) break;
  }
  const start = startsWithMark(buffer) ? 3 : 0;
  return { text: buffer.subarray(start, filled).toString(), whole: filled < bytes };
}

/** Of the characters that separate fields in practice, the one that is in the header most often. */
function findDelimiter(header: string): string {
  const bare = header.replaceAll(/"(?:[^"]|"")*"/g, "");
  let best = ",";
  let most = 0;
  for (const candidate of [",", ";", "\t", "|"]) {
    const count = bare.split(candidate).length - 1;
    if (count > most) [best, most] = [candidate, count];
  }
  return best;
}

function splitNames(header: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let at = 0; at < header.length; at++) {
    const character = header[at] ?? "";
    if (character === '"' && quoted && header[at + 1] === '"') {
      // Inside quotes, two of them are one that is meant.
      name += character;
      at++;
    } else if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      names.push(name.trim());
      name = "";
    } else name += character;
  }
  return [...names, name.trim()];
}

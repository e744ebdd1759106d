import { open } from "node:fs/promises";
import { longestRecord } from "./scan-text.ts";

const newline = 10;
const step = 2 ** 16;

/**
 * The number of the first line that is too long for the engine, which would lose it silently. Only where a
 * line could reach is looked at: from one line end to the last one within reach, a few reads for each 16 MB.
 */
export async function tooLongLine(path: string): Promise<number | undefined> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(step);
  /** The last line end before `end`, not before `start`. */
  const lastLineEnd = async (start: number, end: number): Promise<number | undefined> => {
    for (let to = end; to > start; to -= step) {
      const from = Math.max(start, to - step);
      const { bytesRead } = await file.read(buffer, 0, to - from, from);
      const found = buffer.subarray(0, bytesRead).lastIndexOf(newline);
      if (found >= 0) return from + found;
    }
    return undefined;
  };
  let start = 0;
  while (size - start > longestRecord) {
    const end = await lastLineEnd(start, start + longestRecord);
    if (end === undefined) return countLines(path, start);
    start = end + 1;
  }
  return undefined;
}

/** The number of the line that begins at an offset. */
async function countLines(path: string, offset: number): Promise<number> {
  await using file = await open(path, "r");
  const buffer = Buffer.allocUnsafe(step);
  let line = 1;
  for (let at = 0; at < offset;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(step, offset - at), at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    for (let found = bytes.indexOf(newline); found >= 0; found = bytes.indexOf(newline, found + 1)) line++;
    at += bytesRead;
  }
  return line;
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ThreadAnswer } from "./thread-protocol.ts";

/** What was found when the project was loaded before, as far as it still holds. */
export interface EarlierLoad {
  /** Hash of a file that has not changed since and was fine. */
  hash(path: string): string | undefined;
  /** Where nothing changed that the modules are made from: what became of them. */
  readonly evaluation?: ThreadAnswer;
}

/** What was believed of the project's files does not hold: they change while they are looked at, or the cache was cleared. */
export class EarlierLost extends Error {}

/**
 * The text of a file that was fine when it was read before. Errors: `EarlierLost` where it is not the text
 * with that hash any more.
 */
export function readAgain(root: string, path: string, hash: string): string {
  try {
    const text = readFileSync(join(root, path), "utf8");
    if (sha256(text) === hash) return text;
  } catch {
    // It is gone, which is a change as well.
  }
  throw new EarlierLost(`"${path}" changed while it was looked at`);
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

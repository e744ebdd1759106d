import { createHash } from "node:crypto";

/** Answers of the engine from earlier compilations. Losing it costs time, never correctness. */
export interface CompileCache {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/** SHA-256, hex, of plain data. */
export const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** An answer from the cache, or made now and kept. Answers that are undefined are not kept. */
export async function remember<T>(
  cache: CompileCache | undefined,
  key: readonly unknown[],
  make: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const hash = cache === undefined ? "" : hashOf(key);
  const known = cache?.get(hash);
  if (known !== undefined) return JSON.parse(known) as T;
  const made = await make();
  if (made !== undefined) cache?.set(hash, JSON.stringify(made));
  return made;
}

import type { Collected } from "../store/store.ts";
import type { Ports } from "./ports.ts";

export interface CollectRequest {
  /** How many of the newest releases of each environment stay readable. */
  readonly keep: number;
  /** Without it nothing is removed. */
  readonly apply: boolean;
}

/** What was, or would be, removed. */
export interface Garbage {
  readonly versions: Collected["versions"];
  /** Files of those versions, and files that nobody recorded. */
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
}

/**
 * Remove the files that no kept release needs. They are listed first, then the store decides, while nobody
 * writes, what stays: whatever is written afterwards was not on the list. So it can be killed at any moment,
 * and the next one finds what it left. Errors: `environment-busy`.
 */
export async function collect(
  { store, storage, isAlive, isOwnerAlive, now }: Ports,
  { keep, apply }: CollectRequest,
): Promise<Garbage> {
  const listed: string[] = [];
  for await (const key of storage.list("")) listed.push(key);
  const { versions, keys } = await store.collect({ keep, at: now().toISOString(), isAlive, apply });
  const files: { key: string; bytes: number }[] = [];
  for (const key of listed) {
    if (keys.has(key)) continue;
    const found = await storage.stat(key);
    if (found === undefined) continue;
    files.push({ key, bytes: found.bytes });
    if (apply) await storage.remove(key);
  }
  if (apply) await storage.sweep(isOwnerAlive);
  return { versions, files };
}

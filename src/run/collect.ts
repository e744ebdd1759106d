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
  const listed: { readonly key: string; readonly bytes: number }[] = [];
  for await (const file of storage.list("")) listed.push(file);
  const { versions, keys } = await store.collect({ keep, at: now().toISOString(), isAlive, apply });
  const files = listed.filter(({ key }) => !keys.has(key));
  if (apply) {
    await storage.remove(files.map(({ key }) => key));
    await storage.sweep(isOwnerAlive);
  }
  return { versions, files };
}

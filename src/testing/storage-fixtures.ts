import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Storage } from "../storage/storage.ts";

/** A file of that content in a staging directory of its own. */
export async function staged(storage: Storage, attempt: string, content: string | Buffer): Promise<string> {
  const path = join(await storage.stage(attempt), "file");
  await writeFile(path, content);
  return path;
}

export const hashOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
export const contentOf = (storage: Storage, key: string): Promise<string> =>
  readFile(storage.localPath(key), "utf8");

export async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of storage.list(prefix)) keys.push(key);
  return keys;
}

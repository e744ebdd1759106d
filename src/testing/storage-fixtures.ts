import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFile } from "../graph/stored-file.ts";
import type { Storage } from "../storage/storage.ts";

/** A file of that content in a staging directory of its own. */
export async function staged(storage: Storage, attempt: string, content: string | Buffer): Promise<string> {
  const path = join(await storage.stage(attempt), "file");
  await writeFile(path, content);
  return path;
}

export const hashOf = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex");

/** A file of that content, kept. */
export async function kept(
  storage: Storage,
  attempt: string,
  content: string | Buffer,
  key: string,
): Promise<KeptFile> {
  return { key, ...(await storage.keep(await staged(storage, attempt, content), key)) };
}

/** What readers of a kept file read, if all is well the content. */
export async function contentOf(storage: Storage, key: string, content: string | Buffer): Promise<Buffer> {
  return readFile(await storage.local({ key, bytes: Buffer.byteLength(content), sha256: hashOf(content) }));
}

/** Raise an `AssertionError` unless readers of a kept file read this. */
export async function holds(storage: Storage, key: string, content: string | Buffer): Promise<void> {
  const found = await contentOf(storage, key, content);
  assert.ok(found.equals(Buffer.from(content)), `"${key}" has other content`);
}

export async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
}

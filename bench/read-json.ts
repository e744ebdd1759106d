import { readFile } from "node:fs/promises";

/** A JSON file that the suite or a contender wrote, taken at its word. */
export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}

/**
 * The floor of "nothing to do": start Node, list a project's files, stat each, end. Plain JavaScript, so that
 * the floor does not pay for type stripping. Usage: node walk.js <directory>
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Files below a directory, with size and modification time; without hidden directories and node_modules. */
export function walk(directory) {
  const seen = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) seen.push(...walk(path));
    else {
      const { size, mtimeMs } = statSync(path);
      seen.push({ path, size, mtimeMs });
    }
  }
  return seen;
}

if (import.meta.main) console.log(walk(process.argv[2] ?? ".").length);

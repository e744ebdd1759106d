/**
 * Files outside the folders of definitions that definitions import, and manifests of packages. Only loading them tells, so the list is
 * kept from the last time: a scan then sees them too. Losing it means loading once more.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const listPath = (root: string): string => join(root, ".sluice", "cache", "imports.json");

/** Paths relative to the project; they may lead out of it. */
export function readImports(root: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(readFileSync(listPath(root), "utf8"));
    return Array.isArray(list) ? list.filter((path) => typeof path === "string") : [];
  } catch {
    return [];
  }
}

/** Whether the list was changed. A project that cannot be written to goes without. */
export function writeImports(root: string, paths: readonly string[]): boolean {
  const sorted = [...paths].sort();
  if (JSON.stringify(sorted) === JSON.stringify(readImports(root))) return false;
  try {
    mkdirSync(join(root, ".sluice", "cache"), { recursive: true });
    const fresh = `${listPath(root)}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify(sorted));
    renameSync(fresh, listPath(root));
    return true;
  } catch {
    return false;
  }
}

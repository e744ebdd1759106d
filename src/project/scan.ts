import { createHash } from "node:crypto";
import { type BigIntStats, type Dirent, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readImports } from "./imports-list.ts";
import type { ProjectScan, ScannedFile } from "./project.ts";

/** Folders that belong to the definitions as a whole. */
const folders = ["sources", "models", "consumers", "stories", "policies", "tests"];

/** What decides which libraries the definitions get. */
const lockFiles = [
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
];

/**
 * A file written just before the scan may be written again without its times changing: clocks of file
 * systems tick every few milliseconds. Younger files are known by their content as well.
 */
const settled = 50;

/** Deeper folders cannot hold definitions, and links to folders may lead in circles. */
const deepest = 8;

/**
 * Look at everything that definitions are made from: the folders of definitions, modules beside the
 * configuration, lock files, and whatever else the definitions imported when they were last loaded.
 */
export function scanProject(root: string): ProjectScan {
  const found = new Map<string, BigIntStats>();
  const directories = new Set([""]);
  for (const entry of list(root)) {
    if (isRootFile(entry.name)) add(root, entry.name, found);
    if (folders.includes(entry.name)) walk(root, entry.name, found, directories, 0);
  }
  for (const path of readImports(root)) {
    add(root, path, found);
    directories.add(dirname(path).replace(/^\.$/, ""));
  }
  const young = (Date.now() - settled) * 1e6;
  const hash = createHash("sha256");
  const files = [...found.keys()].sort().flatMap((path): ScannedFile[] => {
    const stats = found.get(path);
    if (stats === undefined) return [];
    const modified = String(stats.mtimeNs);
    const content = Number(stats.mtimeNs) >= young ? ` ${contentHash(join(root, path))}` : "";
    // The time of change cannot be set back, as tools do with the time of modification.
    const state = `${stats.size} ${modified} ${stats.ctimeNs}${content}`;
    hash.update(`${path}\0${state}\n`);
    return [{ path, bytes: Number(stats.size), modified, state }];
  });
  return { root, files, directories: [...directories], signature: hash.digest("hex") };
}

/** Whether a scan sees a path anyway, without being told of it. */
export const isAlwaysScanned = (path: string): boolean =>
  path.includes("/") ? folders.some((folder) => path.startsWith(`${folder}/`)) : isRootFile(path);

/** Declarations, such as the generated ones, say nothing when a program runs. */
const isRootFile = (name: string): boolean =>
  (/\.[cm]?ts$/.test(name) && !name.endsWith(".d.ts")) || lockFiles.includes(name);

function walk(
  root: string,
  folder: string,
  found: Map<string, BigIntStats>,
  directories: Set<string>,
  depth: number,
): void {
  directories.add(folder);
  for (const entry of list(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === "node_modules" || /^\.(?!\.)/.test(entry.name)) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(join(root, path)))) {
      if (depth < deepest) walk(root, path, found, directories, depth + 1);
    } else add(root, path, found);
  }
}

function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function add(root: string, path: string, found: Map<string, BigIntStats>): void {
  // Links are followed: what they lead to is what is read.
  const stats = statSync(join(root, path), { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() === true) found.set(path, stats);
}

function contentHash(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "unreadable";
  }
}

import { createHash } from "node:crypto";
import { type Dirent, readFileSync, readdirSync, statSync } from "node:fs";
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

/** What counts of a file's state; all that the system tells of ten thousand would be megabytes. */
interface Seen {
  readonly bytes: number;
  /** Modification time in nanoseconds since 1970, as text. */
  readonly modified: string;
  /** The time of change cannot be set back, as tools do with the time of modification. */
  readonly changed: string;
}

/**
 * Look at everything that definitions are made from: the folders of definitions, modules beside the
 * configuration, lock files, and whatever else the definitions imported when they were last loaded.
 */
export function scanProject(root: string): ProjectScan {
  const found = new Map<string, Seen>();
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
    const seen = found.get(path);
    if (seen === undefined) return [];
    const { bytes, modified, changed } = seen;
    const content = Number(modified) >= young ? ` ${contentHash(join(root, path))}` : "";
    const state = `${bytes} ${modified} ${changed}${content}`;
    hash.update(`${path}\0${state}\n`);
    return [{ path, bytes, modified, state }];
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
  found: Map<string, Seen>,
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

function add(root: string, path: string, found: Map<string, Seen>): void {
  // Links are followed: what they lead to is what is read.
  const stats = statSync(`${root}/${path}`, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() !== true) return;
  found.set(path, {
    bytes: Number(stats.size),
    modified: String(stats.mtimeNs),
    changed: String(stats.ctimeNs),
  });
}

function contentHash(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "unreadable";
  }
}

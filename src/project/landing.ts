import { createHash } from "node:crypto";
import { type BigIntStats, type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { SluiceError } from "../errors.ts";
import type { LandingStat, Listing } from "../graph/delivery.ts";

/**
 * The files that landing patterns match now, sorted by name. Patterns are relative to the project and know
 * `*`, `?`, `**`, `[abc]` and `{a,b}`; hidden files match only where the pattern says the dot. Links are
 * followed. Errors: `file-unreadable` when a directory may not be read.
 */
export function listLanding(root: string, patterns: readonly string[]): Listing {
  const found = new Map<string, LandingStat>();
  for (const pattern of patterns) {
    const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
    // The compiler has refused such patterns; what lies outside is never listed all the same.
    if (pattern.startsWith("/") || segments.includes("..")) continue;
    match(root, "", segments.flatMap(parseSegment), found);
  }
  const files = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.name}\0${file.bytes}\0${file.modified}\n`);
  return { files, signature: hash.digest("hex") };
}

/** A step of a pattern: a name, `**` for any folders, or names of a form. */
type Segment = string | RegExp;

function parseSegment(segment: string): Segment[] {
  if (segment === "**") return ["**"];
  return [/[*?[{]/.test(segment) ? globToRegExp(segment) : segment];
}

/** Hidden names do not match a leading wildcard. */
function globToRegExp(glob: string): RegExp {
  let source = /^[*?[]/.test(glob) ? "(?!\\.)" : "";
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    const set = character === "[" ? /^\[[!^]?\]?[^\]]*\]/.exec(glob.slice(at))?.[0] : undefined;
    if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (set !== undefined) {
      source += set.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
      at += set.length - 1;
    } else if (character === "{" && glob.includes("}", at)) {
      source += "(?:";
      braces += 1;
    } else if (character === "}" && braces > 0) {
      source += ")";
      braces -= 1;
    } else if (character === "," && braces > 0) source += "|";
    else source += character.replace(/[\\^$.|()[\]{}+*?]/, String.raw`\$&`);
  }
  return new RegExp(`^${source}$`, "s");
}

function match(
  root: string,
  name: string,
  segments: readonly Segment[],
  found: Map<string, LandingStat>,
): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === "**") {
    const inside = rest.length === 0 ? [/^(?!\.)/] : rest;
    match(root, name, inside, found);
    for (const entry of list(root, name)) {
      if (!entry.name.startsWith(".") && leadsDown(root, name, entry)) {
        match(root, below(name, entry.name), ["**", ...rest], found);
      }
    }
  } else if (typeof segment === "string") {
    take(root, below(name, segment), rest, found);
  } else {
    for (const entry of list(root, name)) {
      if (segment.test(entry.name)) take(root, below(name, entry.name), rest, found, entry);
    }
  }
}

function take(
  root: string,
  name: string,
  rest: readonly Segment[],
  found: Map<string, LandingStat>,
  entry?: Dirent,
): void {
  if (rest.length > 0) {
    if (entry?.isFile() !== true) match(root, name, rest, found);
    return;
  }
  // Sockets and pipes are not files to read, and asking them can wait for ever.
  if (found.has(name) || (entry !== undefined && !entry.isFile() && !entry.isSymbolicLink())) return;
  const path = below(root, name);
  const stats: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() !== true) return;
  found.set(name, { path, name, bytes: Number(stats.size), modified: String(stats.mtimeNs) });
}

/** Names need no tidying up here, which costs as much as asking for a file. */
const below = (folder: string, name: string): string =>
  folder === "" ? name : name === "" ? folder : `${folder}/${name}`;

/** Whether an entry is a folder to go into. A link back to where we are inside of would never end. */
function leadsDown(root: string, name: string, entry: Dirent): boolean {
  if (entry.isDirectory()) return true;
  if (!entry.isSymbolicLink()) return false;
  const path = below(root, below(name, entry.name));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const target = realpathSync(path);
  const here = realpathSync(below(root, name));
  return here !== target && !here.startsWith(`${target}/`);
}

function list(root: string, name: string): Dirent[] {
  try {
    return readdirSync(below(root, name), { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new SluiceError("file-unreadable", `the directory "${name}" cannot be read`, {
      hint: "check its permissions",
      cause: error,
    });
  }
}

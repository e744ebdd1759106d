import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { entryUrl } from "../entry.ts";

/** Rooms whose code decides what a project compiles to. */
const rooms = ["define", "graph", "sql", "compile", "project"];

/**
 * What identifies the program that compiles, for its caches: the bundle it is, or, run from source, the
 * state of the source.
 */
export function compilerVersion(): string {
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const index = entryUrl("index");
  if (index.href.endsWith(".ts")) {
    for (const room of rooms) addDirectory(new URL(`./${room}/`, index), hash);
  } else {
    for (const part of ["./", "./chunks/", "./cli/", "./project/"]) addDirectory(new URL(part, index), hash);
  }
  known = hash.digest("hex");
  return known;
}

let known: string | undefined;

function addDirectory(url: URL, hash: { update(text: string): unknown }): void {
  const directory = fileURLToPath(url);
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory, { encoding: "utf8", recursive: true }).sort()) {
    const { size, mtimeMs } = statSync(`${directory}${name}`);
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
}

import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { entryUrl } from "../entry.ts";

/** Rooms whose code decides what a project compiles to. */
const rooms = ["define", "graph", "sql", "compile", "project"];

/** Files of the bundle that are called the same whatever is in them, as far as they take part in compiling. */
const entries = ["./index.js", "./cli/main.js", "./project/definitions-thread.js"];

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
    // The name of a chunk changes with what is in it: listing them is enough, and every start of the program waits for this.
    for (const name of readdirSync(new URL("./chunks/", index)).sort()) hash.update(`${name}\n`);
    for (const entry of entries) addState(new URL(entry, index), hash, entry);
  }
  known = hash.digest("hex");
  return known;
}

let known: string | undefined;

type Hashed = { update(text: string): unknown };

function addDirectory(url: URL, hash: Hashed): void {
  if (!existsSync(url)) return;
  for (const name of readdirSync(url, { encoding: "utf8", recursive: true }).sort())
    addState(new URL(name, url), hash, name);
}

function addState(url: URL, hash: Hashed, name: string): void {
  const { size, mtimeMs } = statSync(url);
  hash.update(`${name} ${size} ${mtimeMs}\n`);
}

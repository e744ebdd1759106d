import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DatasetShape, renderTypes } from "../compile/render-types.ts";
import { compilerVersion } from "./compiler-version.ts";

/** The generated types of a project, relative to it. Git may ignore the file: everything in it is derived. */
export const typesName = "sluice-env.d.ts";

/** What was written when, so that an unchanged project neither renders nor reads its types again. */
const noteName = join(".sluice", "cache", "types");

/**
 * Write the generated types of a project, whole or not at all, and only where they differ. `key` names what
 * they are made from, such as the graph's hash: for the key of the last time nothing is rendered. Without one
 * they are compared. Answers whether the file is as it should be: a directory that cannot be written to is
 * no reason to fail.
 */
export function writeTypes(root: string, shapes: () => readonly DatasetShape[], key?: string): boolean {
  const path = join(root, typesName);
  const note = join(root, noteName);
  const known = key === undefined ? undefined : noteOf(key, path);
  if (known !== undefined && readText(note) === known) return true;
  const text = renderTypes(shapes());
  try {
    if (readText(path) !== text) replace(path, text);
  } catch {
    return false;
  }
  try {
    if (key !== undefined) replace(note, noteOf(key, path) ?? "");
  } catch {
    // Next time it is rendered and compared once more.
  }
  return true;
}

/** What the note says while the file is as it was written for a key, by this compiler. */
function noteOf(key: string, path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return [compilerVersion(), key, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${randomUUID()}`;
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

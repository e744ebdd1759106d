/** The files of this program that other threads, processes and projects load by themselves. */
export type EntryName = "index" | "project/definitions-thread" | "worker/main";

/**
 * Where an entry lies. Run from source, entries lie beside this file; in the package, where this file may
 * have become part of any chunk, they lie in `dist/` under the same names.
 */
export function entryUrl(name: EntryName): URL {
  const here = import.meta.url;
  if (here.endsWith(".ts")) return new URL(`./${name}.ts`, here);
  const dist = here.lastIndexOf("/dist/");
  return new URL(`${name}.js`, here.slice(0, dist + "/dist/".length));
}

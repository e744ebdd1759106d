import type { StoredFile } from "./stored-file.ts";

/**
 * Names of files by their content, so that a file that lies somewhere else is the same. Of several equal ones each
 * has a name of its own. `place` tells the files of several inputs apart.
 */
export function fileIds(files: readonly Pick<StoredFile, "sha256" | "fallen">[], place = 0): string[] {
  const seen = new Map<string, number>();
  return files.map(({ sha256, fallen }) => {
    const left = fallen === undefined ? "" : `-${fallen.sha256.slice(0, 32)}`;
    const name = `${sha256.slice(0, 32)}${left}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return `${name}${place === 0 ? "" : `.${place}`}${before === 0 ? "" : `~${before}`}`;
  });
}

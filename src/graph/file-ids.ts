import { leftOut, type StoredFile } from "./stored-file.ts";

/**
 * Names of files by their content, so that a file that lies somewhere else is the same. Of several equal ones each
 * has a name of its own. `place` tells the files of several inputs apart.
 */
export function fileIds(
  files: readonly Pick<StoredFile, "sha256" | "fallen" | "without">[],
  place = 0,
): string[] {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const left = leftOut(file);
    const name = `${file.sha256.slice(0, 32)}${left === undefined ? "" : `-${left.slice(0, 32)}`}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return `${name}${place === 0 ? "" : `.${place}`}${before === 0 ? "" : `~${before}`}`;
  });
}

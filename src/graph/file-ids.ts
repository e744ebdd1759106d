/**
 * Names of files by their content, so that a file that lies somewhere else is the same. Of several equal ones each
 * has a name of its own. `place` tells the files of several inputs apart.
 */
export function fileIds(files: readonly { readonly sha256: string }[], place = 0): string[] {
  const seen = new Map<string, number>();
  return files.map(({ sha256 }) => {
    const before = seen.get(sha256) ?? 0;
    seen.set(sha256, before + 1);
    return `${sha256.slice(0, 32)}${place === 0 ? "" : `.${place}`}${before === 0 ? "" : `~${before}`}`;
  });
}

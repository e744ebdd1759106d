import { readFiles, rowsKey, standingRows, type StoredFile, unitedFiles } from "../graph/stored-file.ts";

/** What happened to the files of an input between two of its versions. */
export interface ChangedFiles {
  readonly added: readonly StoredFile[];
  readonly removed: readonly StoredFile[];
}

/**
 * The files that only one of two versions has. Files are told apart by what is read of them, wherever they lie; those
 * that were only put together are no change.
 */
export function changedFiles(before: readonly StoredFile[], now: readonly StoredFile[]): ChangedFiles {
  const left = new Map<string, StoredFile[]>();
  for (const file of readFiles(before)) left.set(rowsKey(file), [...(left.get(rowsKey(file)) ?? []), file]);
  const added = readFiles(now)
    .filter((file) => !takeAll(left, [rowsKey(file)]))
    .filter((file) => {
      const united = unitedFiles(file);
      return united === undefined || !takeAll(left, united);
    });
  return { added, removed: [...left.values()].flat() };
}

/** Take one file for each name, if there are as many. */
function takeAll(left: Map<string, StoredFile[]>, names: readonly string[]): boolean {
  const wanted = new Map<string, number>();
  for (const name of names) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  if ([...wanted].some(([name, count]) => (left.get(name)?.length ?? 0) < count)) return false;
  for (const name of names) left.get(name)?.pop();
  return true;
}

/** Above this share of an input's rows, building everything costs less than judging what changed. */
const mostChanged = 0.5;

/** Whether so little changed that it is worth looking at alone. */
export function isSmall({ added, removed }: ChangedFiles, now: readonly StoredFile[]): boolean {
  const rows = (files: readonly StoredFile[]): number =>
    files.reduce((sum, file) => sum + standingRows(file), 0);
  return rows(added) + rows(removed) <= mostChanged * rows(readFiles(now));
}

import type { PinnedTable, Work } from "../executor/executor.ts";
import type { KeptFile } from "../graph/stored-file.ts";
import { isWholeRead } from "./upsert.ts";

/** How many bytes of files a piece of work reads at most, as far as is known before. */
export function bytesRead(work: Work): number {
  return bytesOf(filesOf(work)) + tablesOf([...tablesRead(work), ...work.others]);
}

function filesOf(work: Work): readonly Pick<KeptFile, "bytes">[] {
  switch (work.kind) {
    case "read": {
      const kept = work.keepAccepted.map(({ file }) => file);
      // What is kept is looked at where no value may come twice.
      const isUnique = work.columns.some(({ spec }) => spec.key || spec.unique);
      return [...work.files, ...(work.generator?.raw ?? []), ...(isUnique ? kept : [])];
    }
    case "upsert":
      return work.parts;
    case "merge":
      return work.files;
    default:
      return [];
  }
}

function tablesRead(work: Work): readonly PinnedTable[] {
  switch (work.kind) {
    case "build":
    case "compute":
    case "intervals":
      return work.inputs;
    case "audit":
      return [work.table, ...(work.other === undefined ? [] : [work.other])];
    case "survey":
      return work.tables.map(({ table }) => table);
    case "upsert": {
      const { all, added, removed } = work.over;
      return [...work.inputs, ...(isWholeRead(work) ? [all] : []), added, removed];
    }
    case "read":
    case "merge":
      return [];
  }
}

const bytesOf = (files: readonly Pick<KeptFile, "bytes">[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

const tablesOf = (tables: readonly PinnedTable[]): number =>
  tables.reduce((sum, { files, view }) => sum + bytesOf(files) + tablesOf(view?.inputs ?? []), 0);

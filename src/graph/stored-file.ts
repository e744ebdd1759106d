import { createHash } from "node:crypto";
import type { ColumnStatistics } from "./table-column.ts";

/** What tells one file in storage from another, and from a damaged one. */
export interface KeptFile {
  /** Relative path with `/`, such as `raw.slack/0b5c…/part-0.parquet`. */
  readonly key: string;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** Which of its rows no longer stand: their positions, from 0, as the column `row`. Nobody reads those rows. */
  readonly fallen?: KeptFile;
  /** Landing files whose rows in it no longer stand, each with how many these are. Nobody reads those rows. */
  readonly without?: Readonly<Record<string, number>>;
  /** Its rows say that their keys are gone. Late rows are judged by them; nobody else reads them. */
  readonly tombstones?: true;
}

/** A file kept in storage, and what is in it. */
export interface StoredFile extends KeptFile {
  readonly rows: number;
  /** What its columns contain; hidden columns too. */
  readonly columns: readonly ColumnStatistics[];
  readonly fallen?: StoredFile;
  /** SHA-256 of the files whose rows it took over as they were, in their order, where it was put together of some; see `unitedFiles`. */
  readonly merged?: readonly string[];
  /** `rowsKey` of the file of which it has some rows and no others, where it was cut out of one. */
  readonly cut?: string;
  /** What it was made from; only of models that are built in parts. */
  readonly made?: MadeFrom;
}

/** A file of refused records without its smallest and largest one: what is known of a file holds nobody's record. */
export const refusedFile = (file: StoredFile): StoredFile => ({
  ...file,
  columns: file.columns.map(({ min: _, max: __, ...column }) => column),
});

/** What a file is known by, without what is in it. */
export function keptFile({ key, bytes, sha256, fallen, without, tombstones }: KeptFile): KeptFile {
  return {
    key,
    bytes,
    sha256,
    ...(fallen === undefined ? {} : { fallen: keptFile(fallen) }),
    ...(without === undefined ? {} : { without }),
    ...(tombstones === undefined ? {} : { tombstones }),
  };
}

/** Equal for files of which the same rows are read. */
export function rowsKey(file: Pick<KeptFile, "sha256" | "fallen" | "without">): string {
  const left = leftOut(file);
  return left === undefined ? file.sha256 : `${file.sha256}-${left}`;
}

/** Every file that has to be there, also those that belong to others. */
export const allFiles = (files: readonly StoredFile[]): readonly StoredFile[] =>
  files.flatMap((file) => (file.fallen === undefined ? [file] : [file, file.fallen]));

/** The files that readers read. */
export const readFiles = <K extends Pick<KeptFile, "tombstones">>(files: readonly K[]): readonly K[] =>
  files.filter(({ tombstones }) => tombstones === undefined);

/** How many rows of a file stand. */
export const standingRows = ({ rows, fallen, without = {} }: StoredFile): number =>
  Object.values(without).reduce((left, gone) => left - gone, rows - (fallen?.rows ?? 0));

/** What is known of the rows of a file that stand: where some do not, its limits may be too wide. */
export function standingStatistics(file: StoredFile): Pick<StoredFile, "rows" | "columns"> {
  const { columns, fallen, without } = file;
  return {
    rows: standingRows(file),
    columns:
      fallen === undefined && without === undefined
        ? columns
        : columns.map((column) => ({ ...column, loose: true })),
  };
}

/** Tells which rows of a file do not stand; undefined where all do. */
export function leftOut({ fallen, without }: Pick<KeptFile, "fallen" | "without">): string | undefined {
  if (fallen !== undefined) return fallen.sha256;
  if (without === undefined) return undefined;
  return createHash("sha256")
    .update(JSON.stringify(Object.keys(without).toSorted()))
    .digest("hex");
}

/** The files that a file has the rows of, all of them and no others, where it was put together of some; SHA-256 of each. */
export const unitedFiles = (file: StoredFile): readonly string[] | undefined =>
  leftOut(file) === undefined ? file.merged : undefined;

/** Where files lie on this machine, for whoever reads their rows; `local` gives the path of one. */
export async function localFiles(
  files: readonly KeptFile[],
  local: (file: KeptFile) => Promise<string>,
): Promise<LocalFiles> {
  const paths = await Promise.all(
    readFiles(files).map((file) =>
      Promise.all([local(file), file.fallen === undefined ? undefined : local(file.fallen)]),
    ),
  );
  const fallen = paths.flatMap(([path, rows]) => (rows === undefined ? [] : [[path, rows] as const]));
  const without = readFiles(files).flatMap((file, index) =>
    file.without === undefined ? [] : [[paths[index]?.[0] ?? "", Object.keys(file.without)] as const],
  );
  return {
    files: paths.map(([path]) => path),
    ...(fallen.length === 0 ? {} : { fallen: Object.fromEntries(fallen) }),
    ...(without.length === 0 ? {} : { without: Object.fromEntries(without) }),
  };
}

/** Files to read on this machine: absolute paths. */
export interface LocalFiles {
  readonly files: readonly string[];
  /** By path of a file: that of the positions of its rows that are left out. */
  readonly fallen?: Readonly<Record<string, string>>;
  /** By path of a file: the landing files whose rows in it are left out. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
}

/** What a part of a model was made from: parts made from the same are the same. */
export interface MadeFrom {
  /** Hash of everything that decides about its rows beside what follows. */
  readonly context: string;
  /** The files of inputs that it was made from, by their `fileIds`, sorted. */
  readonly from: readonly string[];
  /** Numbers of the intervals it holds, the end excluded; only of interval models. */
  readonly span?: readonly [start: number, end: number];
}

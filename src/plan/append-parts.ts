import { fileIds } from "../graph/file-ids.ts";
import { sealedBytes } from "../graph/small-files.ts";
import { type MadeFrom, type StoredFile, unitedFiles } from "../graph/stored-file.ts";

/** What a version of an append model consists of. */
export interface AppendParts {
  /** Parts that are there. */
  readonly taken: readonly Part[];
  /** Parts to put together, as the files were that they are made from. */
  readonly merges: readonly { readonly parts: readonly StoredFile[]; readonly made: MadeFrom }[];
  /** Parts to build, each from some of the input's files. */
  readonly builds: readonly { readonly files: readonly StoredFile[]; readonly made: MadeFrom }[];
}

type Part = StoredFile & { readonly made: MadeFrom };

/** Bytes of input files that are worth a part of their own; more of them are more parts, built at the same time. */
const bytesOfPart = 4 * sealedBytes;

/**
 * Divide an input's files into parts: those that `known` parts of the same context are made from, and the rest.
 * A known part is dropped if one of its files went away.
 */
export function appendParts(
  input: readonly StoredFile[],
  known: readonly StoredFile[],
  context: string,
): AppendParts {
  const ids = fileIds(input);
  const open = new Set(ids);
  const candidates = known.filter((part): part is Part => part.made?.context === context);
  const taken = candidates.filter((part) => takeAll(open, part.made.from));
  const merges: { parts: StoredFile[]; made: MadeFrom }[] = [];
  for (const [index, file] of input.entries()) {
    const id = ids[index] ?? "";
    const united = unitedFiles(file);
    if (united === undefined || !open.has(id)) continue;
    const earlier = fileIds(united.map((sha256) => ({ sha256 })));
    const left = new Set(earlier);
    const parts = candidates.filter((part) => !taken.includes(part) && takeAll(left, part.made.from));
    if (left.size > 0 || earlier.some((one) => ids.includes(one))) continue;
    open.delete(id);
    const place = (part: Part): number => Math.min(...part.made.from.map((one) => earlier.indexOf(one)));
    merges.push({ parts: parts.toSorted((a, b) => place(a) - place(b)), made: { context, from: [id] } });
  }
  const files = input.flatMap((file, index) => {
    const id = ids[index] ?? "";
    return open.has(id) ? [{ file, id }] : [];
  });
  const builds = grouped(files).map((group) => ({
    files: group.map(({ file }) => file),
    made: { context, from: group.map(({ id }) => id).toSorted() },
  }));
  return { taken, merges, builds };
}

/** Take names out of a set, if all of them are in it. */
function takeAll(open: Set<string>, names: readonly string[]): boolean {
  if (!names.every((name) => open.has(name))) return false;
  for (const name of names) open.delete(name);
  return true;
}

/** Small files may be put together with later ones one day: none shares a part with a large one. */
function grouped<T extends { readonly file: StoredFile }>(files: readonly T[]): T[][] {
  const groups: { readonly files: T[]; readonly small: boolean; bytes: number }[] = [];
  for (const one of files) {
    const { bytes } = one.file;
    const small = bytes < sealedBytes;
    const last = groups.at(-1);
    if (last?.small === small && last.bytes < bytesOfPart) {
      last.files.push(one);
      last.bytes += bytes;
    } else groups.push({ files: [one], small, bytes });
  }
  return groups.map((group) => group.files);
}

/** Parts in the order of the files they are made from, so that what was delivered first comes first. */
export function inOrder(parts: readonly StoredFile[], input: readonly StoredFile[]): readonly StoredFile[] {
  const places = new Map(fileIds(input).map((id, index) => [id, index]));
  const place = ({ made }: StoredFile): number =>
    Math.min(...(made?.from ?? []).map((id) => places.get(id) ?? Number.POSITIVE_INFINITY));
  return parts.toSorted((a, b) => place(a) - place(b));
}

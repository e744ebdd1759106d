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
const bytesOfPart = 128 << 20;

/**
 * Divide an input's files into parts: those that `known` parts of the same context are made from, and the rest.
 * A known part is dropped if one of its files went away; that files were put together is no change.
 */
export function appendParts(
  input: readonly StoredFile[],
  known: readonly StoredFile[],
  context: string,
): AppendParts {
  const ids = fileIds(input);
  const open = new Set(ids);
  const rows = new RowsOfFiles(input, ids);
  const candidates = known.filter((part): part is Part => part.made?.context === context);
  const taken = new Map<Part, Part>();
  for (const part of candidates) {
    const files = rows.filesOf(part.made.from);
    if (files !== undefined && takeAll(open, files))
      taken.set(part, { ...part, made: { ...part.made, from: files.toSorted() } });
  }
  const merges: { parts: StoredFile[]; made: MadeFrom }[] = [];
  for (const id of open) {
    const earlier = rows.unitedIn(id);
    if (earlier === undefined) continue;
    const left = new Set(earlier);
    const parts = candidates.filter((part) => !taken.has(part) && takeAll(left, part.made.from));
    if (left.size > 0) continue;
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
  return { taken: [...taken.values()], merges, builds };
}

/** Which files have the rows that parts were made from, whatever was put together since. */
class RowsOfFiles {
  /** By the id of a file: those of the files that it was put together of, as long as none of them is there itself. */
  readonly #united = new Map<string, readonly string[]>();
  readonly #owners = new Map<string, string>();

  constructor(input: readonly StoredFile[], ids: readonly string[]) {
    const present = new Set(ids);
    for (const [index, file] of input.entries()) {
      const id = ids[index] ?? "";
      const united = unitedFiles(file);
      const earlier = united && fileIds(united.map((sha256) => ({ sha256 })));
      // Of files of equal content nobody knows which is meant.
      if (earlier?.some((one) => present.has(one) || this.#owners.has(one)) === false) {
        this.#united.set(id, earlier);
        for (const one of earlier) this.#owners.set(one, id);
      }
      this.#owners.set(id, id);
    }
  }

  unitedIn(id: string): readonly string[] | undefined {
    return this.#united.get(id);
  }

  /** The files that have these rows and no others, by their ids; undefined where there are none. */
  filesOf(from: readonly string[]): readonly string[] | undefined {
    const owners = new Set<string>();
    for (const one of from) {
      const owner = this.#owners.get(one);
      if (owner === undefined) return undefined;
      owners.add(owner);
    }
    const known = new Set(from);
    const isWhole = (id: string): boolean =>
      known.has(id) || (this.#united.get(id)?.every((one) => known.has(one)) ?? false);
    return [...owners].every(isWhole) ? [...owners] : undefined;
  }
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

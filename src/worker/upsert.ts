import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { UpsertPart, WrittenFile } from "../engine/engine.ts";
import type { UpsertWork, WorkResult } from "../executor/executor.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import { partsToRewrite } from "../plan/parts-to-rewrite.ts";
import { keep, located, type Tools } from "./tools.ts";

/** A part on its way: kept already, or just written, with the rows of it that no longer stand. */
interface Part extends UpsertPart {
  readonly file: string;
  readonly rows: number;
  readonly tombstones: boolean;
  readonly kept?: StoredFile;
  readonly written?: WrittenFile;
  /** Of rows that fell now; else those of `kept` stay. */
  readonly positions?: WrittenFile;
}

/**
 * Bring what is kept by key up to date: judge what changed, put parts together where they are many or worn, and keep
 * what was written.
 */
export async function upsert(work: UpsertWork, directory: string, tools: Tools): Promise<WorkResult> {
  tools.onProgress({ phase: "building" });
  const { session, storage } = tools;
  const { sql, columns, key, order, deleted, over } = work;
  const before = await Promise.all(work.parts.map((part) => partOf(part, tools)));
  const result = await session.upsert({
    sql,
    inputs: await Promise.all(work.inputs.map((input) => located(input, storage))),
    columns,
    key,
    order,
    ...(deleted === undefined ? {} : { deleted }),
    over: {
      // Where storage is elsewhere, files that nobody reads need not come here.
      all: await located(isWholeRead(work) ? over.all : { ...over.all, files: [] }, storage),
      added: await located(over.added, storage),
      removed: await located(over.removed, storage),
    },
    parts: before.map(({ file, fallen }) => ({
      file,
      ...(fallen === undefined ? {} : { fallen }),
    })),
    directory,
  });
  const fallen = new Map(result.fallen.map(({ part, positions }) => [part, positions]));
  const parts = [
    ...before.map((part, index) => withPositions(part, fallen.get(index))),
    ...written(result.rows, false),
    ...written(result.tombstones, true),
  ];
  tools.onProgress({ phase: "keeping" });
  const tidy = await rewriteWorn(parts, work, directory, tools);
  const files: StoredFile[] = [];
  for (const [index, part] of tidy.entries()) files.push(await keepPart(part, index, work.keyPrefix, tools));
  return { same: false, files, columns: [], rows: 0, answers: [] };
}

/** Whether anything but what was added has to be read. */
export const isWholeRead = ({ parts, over }: UpsertWork): boolean =>
  parts.length === 0 || over.removed.files.length > 0;

async function partOf(kept: StoredFile, { storage }: Tools): Promise<Part> {
  const { rows, fallen, tombstones = false } = kept;
  const file = await storage.local(kept);
  const part = { file, rows, tombstones, kept };
  return fallen === undefined ? part : { ...part, fallen: await storage.local(fallen) };
}

const withPositions = (part: Part, positions: WrittenFile | undefined): Part =>
  positions === undefined ? part : { ...part, fallen: positions.path, positions };

const written = (file: WrittenFile | undefined, tombstones: boolean): Part[] =>
  file === undefined ? [] : [{ file: file.path, rows: file.rows, tombstones, written: file }];

const fallenIn = ({ positions, kept }: Part): number => positions?.rows ?? kept?.fallen?.rows ?? 0;

/** Parts in their order of age, without those of which nothing stands, and with those that were written anew. */
async function rewriteWorn(
  parts: readonly Part[],
  work: UpsertWork,
  directory: string,
  tools: Tools,
): Promise<readonly Part[]> {
  const tidy: Part[] = [];
  for (const tombstones of [false, true]) {
    const alike = parts.filter((part) => part.tombstones === tombstones);
    const groups = partsToRewrite(alike.map((part) => ({ rows: part.rows, fallen: fallenIn(part) })));
    const firsts = new Map(groups.map((group) => [group[0], group]));
    const grouped = new Set(groups.flat());
    for (const [index, part] of alike.entries()) {
      const group = firsts.get(index);
      if (group !== undefined) {
        const members = group.flatMap((member) => alike[member] ?? []);
        const output = join(directory, "rewritten", `${tidy.length}.parquet`);
        tidy.push(...written(await rewrite(members, work, output, tools), tombstones));
      } else if (!grouped.has(index) && part.rows > fallenIn(part)) tidy.push(part);
    }
  }
  return tidy;
}

async function rewrite(
  parts: readonly Part[],
  { columns }: UpsertWork,
  output: string,
  { session }: Tools,
): Promise<WrittenFile> {
  await mkdir(join(output, ".."), { recursive: true });
  const fallen = parts.flatMap((part) =>
    part.fallen === undefined ? [] : [[part.file, part.fallen] as const],
  );
  const kept = {
    name: "kept",
    files: parts.map(({ file }) => file),
    fallen: Object.fromEntries(fallen),
    columns,
  };
  return session.build({ sql: "from kept", inputs: [kept], columns, parameters: {}, output });
}

async function keepPart(part: Part, index: number, prefix: string, tools: Tools): Promise<StoredFile> {
  const { written: fresh, positions, tombstones } = part;
  const name = `${prefix}/${tombstones ? "tombstones" : "part"}-${index}.parquet`;
  const file = fresh === undefined ? part.kept : await keep(fresh, name, tools);
  if (file === undefined) throw new Error(`a part of ${prefix} is nowhere`);
  return {
    ...file,
    ...(tombstones ? { tombstones } : {}),
    ...(positions === undefined
      ? {}
      : { fallen: await keep(positions, `${prefix}/fallen-${index}.parquet`, tools) }),
  };
}

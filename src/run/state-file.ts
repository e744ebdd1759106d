import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { crc32, createGunzip, createGzip } from "node:zlib";
import { SluiceError } from "../errors.ts";
import type { StateRow, StateRows } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/** The version of the file's form, told in its first line. */
const format = 1;

/** Rows handed to the store at once. */
const batchRows = 500;

export interface CopyRequest {
  /** Absolute path of the file. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

/**
 * Write the whole truth of a project into one file: compressed lines of JSON, one row each with its checksum,
 * all of one moment. The file is there whole or not at all. Returns how many rows it has. Errors: `bad-usage`.
 */
export async function exportState(
  { store, owner, isOwnerAlive }: Pick<Ports, "store" | "owner" | "isOwnerAlive">,
  { path, signal, onProgress }: CopyRequest,
): Promise<number> {
  await refuseSpecial(path);
  await sweepPartial(dirname(path), isOwnerAlive);
  const partial = join(dirname(path), partialName(owner));
  // It holds rows that checks have found, so nobody else may read it.
  const handle = await open(partial, "w", 0o600);
  let kept = false;
  try {
    let writer = fileWriter();
    let written: Promise<void> = Promise.resolve();
    const copied = store.exportState({
      start: async ({ schema }) => {
        // The state had to be read anew: what came so far is of another moment.
        writer.abandon();
        await written.catch(() => undefined);
        await handle.truncate(0);
        writer = fileWriter();
        written = pour(writer.out, handle);
        written.catch((error: unknown) => writer.out.destroy(error as Error));
        await writer.line({ sluice: "state", format, schema });
      },
      rows: async ({ table, rows }) => {
        if (signal.aborted || writer.out.destroyed) throw stopped("nothing was written");
        for (const row of rows) await writer.row(table, row);
        onProgress(writer.rows());
      },
    });
    await copied.catch(async (error: unknown) => {
      // Where the file takes no more, it says why.
      if (writer.out.destroyed) await written;
      throw error;
    });
    await writer.end();
    await written;
    await handle.sync();
    await rename(partial, path);
    kept = true;
    return writer.rows();
  } finally {
    await handle.close().catch(() => undefined);
    if (!kept) await rm(partial, { force: true });
  }
}

/**
 * Make a file's content the truth of this project, all at once: whatever goes wrong, the truth stays what it was.
 * Errors: `state-not-empty`, `environment-busy`, `state-file-damaged`, `state-newer`, `interrupted`.
 */
export async function importState(
  { store, isAlive }: Pick<Ports, "store" | "isAlive">,
  {
    path,
    signal,
    onProgress,
    replace,
    schema,
  }: CopyRequest & { readonly replace: boolean; readonly schema: number },
): Promise<number> {
  // First without the store: it need not write what turns out to be damaged.
  for await (const _ of readBatches(path, schema))
    if (signal.aborted) throw stopped("the state is as it was");
  let rows = 0;
  const batches = async function* (): AsyncIterable<StateRows> {
    rows = 0;
    for await (const batch of readBatches(path, schema)) {
      if (signal.aborted) throw stopped("the state is as it was");
      yield batch;
      rows += batch.rows.length;
      onProgress(rows);
    }
  };
  await store.importState(batches, { replace, isAlive });
  return rows;
}

/** What a file is called until it is whole: whoever writes there next can tell whether its writer still lives. */
const partialName = (owner: string): string => `.sluice-state-${owner}.partial`;

/** Remove what exports that died have left beside the file that is to be written. */
async function sweepPartial(directory: string, isOwnerAlive: Ports["isOwnerAlive"]): Promise<void> {
  // Where the directory is missing or cannot be listed, writing the file says why.
  for (const name of await readdir(directory).catch(() => [])) {
    const owner = /^\.sluice-state-(.+)\.partial$/.exec(name)?.[1];
    if (owner !== undefined && !isOwnerAlive(owner)) await rm(join(directory, name), { force: true });
  }
}

/** What is there is replaced, so it has to be an ordinary file: a device or a link would be gone. */
async function refuseSpecial(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  throw new SluiceError(
    "bad-usage",
    `"${path}" ${found.isDirectory() ? "is a directory" : "is not an ordinary file"}`,
    {
      hint: "name a file, such as backup.ndjson.gz; one that is there is replaced",
    },
  );
}

/** Write what comes out of a stream to the beginning of a file. */
async function pour(out: AsyncIterable<Buffer>, handle: FileHandle): Promise<void> {
  let position = 0;
  for await (const chunk of out) {
    await handle.writev([chunk], position);
    position += chunk.length;
  }
}

const stopped = (outcome: string): SluiceError =>
  new SluiceError("interrupted", `it was stopped; ${outcome}`, { hint: "run it again" });

/** Lines on their way into a file, with the checksum of all of them as the last. */
function fileWriter() {
  const out = createGzip({ level: 1 });
  const closed = new Promise<void>((resolve) => out.once("close", resolve));
  const all = createHash("sha256");
  let rows = 0;
  const write = async (text: string): Promise<void> => {
    all.update(text);
    // Where nothing takes it away any more, as on a full disk, it never drains; whoever took it says why.
    if (!out.destroyed && !out.write(text)) await Promise.race([once(out, "drain"), closed]);
  };
  return {
    out,
    rows: () => rows,
    line: (document: unknown) => write(`${JSON.stringify(document)}\n`),
    async row(table: string, row: StateRow): Promise<void> {
      rows += 1;
      const text = JSON.stringify(row);
      await write(`{"table":${JSON.stringify(table)},"sum":"${sumOf(text)}","row":${text}}\n`);
    },
    async end(): Promise<void> {
      out.end(`${JSON.stringify({ end: true, rows, sha256: all.digest("hex") })}\n`);
    },
    abandon: () => out.destroy(),
  };
}

const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, "0");

/** A line of the file. */
type Line =
  | { readonly sluice: "state"; readonly format: number; readonly schema: number }
  | { readonly table: string; readonly sum: string; readonly row: StateRow }
  | { readonly end: true; readonly rows: number; readonly sha256: string };

/** Errors: `state-file-damaged` naming the line, `state-newer`. */
async function* readBatches(path: string, schema: number): AsyncIterable<StateRows> {
  const all = createHash("sha256");
  let batch: { table: string; rows: StateRow[] } = { table: "", rows: [] };
  let number = 0;
  let rows = 0;
  let ended = false;
  const bad = (why: string): SluiceError => damaged(path, number, why);
  for await (const text of linesOf(path, () => number)) {
    number += 1;
    if (ended) throw bad("it goes on behind its end");
    const line = parsed(text, bad);
    if (number === 1) {
      refuseOther(line, schema, path, bad);
    } else if ("end" in line) {
      if (line.rows !== rows || line.sha256 !== digestOf(all))
        throw bad("lines are missing, doubled or out of place");
      ended = true;
    } else if ("table" in line) {
      if (sumOf(JSON.stringify(line.row)) !== line.sum) throw bad("its checksum is another");
      if (batch.rows.length >= batchRows || batch.table !== line.table) {
        if (batch.rows.length > 0) yield batch;
        batch = { table: line.table, rows: [] };
      }
      batch.rows.push(line.row);
      rows += 1;
    } else throw bad("it is no line of a state");
    all.update(text).update("\n");
  }
  number += 1;
  if (!ended) throw bad("the file ends too early");
  if (batch.rows.length > 0) yield batch;
}

const digestOf = (hash: Hash): string => hash.copy().digest("hex");

function damaged(path: string, line: number, why: string, cause?: unknown): SluiceError {
  return new SluiceError("state-file-damaged", `"${path}" is damaged in line ${line}: ${why}`, {
    hint: "the state is as it was; import another copy",
    ...(cause === undefined ? {} : { cause }),
  });
}

function parsed(text: string, bad: (why: string) => SluiceError): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === "object" && line !== null) return line as Line;
  } catch {
    // Said below.
  }
  throw bad("it is not JSON");
}

function refuseOther(line: Line, schema: number, path: string, bad: (why: string) => SluiceError): void {
  if (!("sluice" in line) || line.sluice !== "state") throw bad("it is not a state exported by Sluice");
  if (line.format <= format && line.schema <= schema) return;
  throw new SluiceError("state-newer", `"${path}" was written by a newer Sluice`, {
    hint: "upgrade Sluice to the version that wrote it",
  });
}

/** The lines of a compressed file. Errors: `state-file-damaged`, and what the system says of the file. */
async function* linesOf(path: string, read: () => number): AsyncIterable<string> {
  const packed = createReadStream(path);
  await once(packed, "open");
  const plain = packed.pipe(createGunzip());
  packed.once("error", (error) => plain.destroy(error));
  let rest: Buffer[] = [];
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, at)]).toString();
        rest = [];
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (error) {
    if (!isOfZlib(error)) throw error;
    throw damaged(path, read() + 1, `it cannot be unpacked (${error.message})`, error);
  } finally {
    packed.destroy();
  }
  if (rest.length > 0) throw damaged(path, read() + 1, "it is cut off");
}

const isOfZlib = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("Z_");

import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Source } from "../define/source.ts";
import { SluiceError } from "../errors.ts";
import type { ReadWork } from "../executor/executor.ts";
import type { LandingFile } from "../graph/delivery.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import { loadDefinition } from "./load-definition.ts";
import { explainDisk } from "./disk-failure.ts";
import type { Tools } from "./tools.ts";
import { frameOf, messageOf } from "./user-code.ts";

/** What a generator delivered: raw records kept as a file, read from there like any other landing file. */
interface Fetched {
  readonly cursor: unknown;
  readonly raw: readonly StoredFile[];
  readonly files: readonly LandingFile[];
}

/**
 * Run a source's generator to its end and keep its raw records, one JSON document a line, so that a later
 * change of the contract can read them again without asking the network. Errors: `build-failed`.
 */
export async function fetchBatches(
  work: ReadWork,
  generator: NonNullable<ReadWork["generator"]>,
  directory: string,
  tools: Tools,
): Promise<Fetched> {
  if (!generator.fetch) {
    const files = await Promise.all(generator.raw.map((file) => landed(file, tools)));
    return { cursor: generator.cursor, raw: generator.raw, files };
  }
  const definition = await loadDefinition<Source>(generator.module);
  if (definition.from.kind !== "generator") throw new Error(`${work.dataset} is not read from a generator`);
  const path = join(directory, "raw.ndjson");
  const out = await open(path, "w");
  let cursor = generator.cursor;
  let rows = 0;
  tools.onProgress({ phase: "fetching", rows });
  try {
    const context = { cursor, directory: generator.directory, signal: tools.signal };
    for await (const batch of definition.from.batches(context)) {
      tools.signal.throwIfAborted();
      const lines = batch.records.map((record) => `${JSON.stringify(record) ?? "null"}\n`).join("");
      await out.writeFile(lines).catch((error: unknown) => {
        throw explainDisk(error, work.dataset);
      });
      rows += batch.records.length;
      cursor = batch.cursor;
      tools.onProgress({ phase: "fetching", rows });
    }
  } catch (error) {
    // The disk's refusal is not the generator's doing.
    if (tools.signal.aborted || error instanceof SluiceError) throw error;
    throw new SluiceError(
      "build-failed",
      `the generator of ${work.dataset} failed after ${rows} records: ${messageOf(error)}`,
      {
        cause: error,
        details: frameOf(error, generator.module),
        hint: "nothing of this delivery was published; the next run asks again from the same cursor",
      },
    );
  } finally {
    await out.close();
  }
  return { cursor, ...(await keepRaw(path, rows, work, generator, tools)) };
}

async function keepRaw(
  path: string,
  rows: number,
  work: ReadWork,
  generator: NonNullable<ReadWork["generator"]>,
  tools: Tools,
): Promise<Pick<Fetched, "raw" | "files">> {
  const again = await Promise.all(generator.raw.map((file) => landed(file, tools)));
  if (rows === 0) return { raw: generator.raw, files: again };
  const { size } = await stat(path);
  const key = `${work.keyPrefix}/raw.ndjson`;
  const kept = await tools.storage.keep(path, key);
  const file: StoredFile = { key, rows, bytes: size, sha256: kept.sha256, columns: [] };
  return { raw: [...generator.raw, file], files: [...again, await landed(file, tools)] };
}

/** A kept raw file as something to read; its storage key is its name. */
async function landed(file: StoredFile, tools: Tools): Promise<LandingFile> {
  return { path: await tools.storage.local(file), name: file.key, bytes: file.bytes };
}

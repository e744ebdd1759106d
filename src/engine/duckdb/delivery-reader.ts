import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FileProblem } from "../../graph/delivery.ts";
import type { IngestRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { type EngineFailure, engineFailure, machineFailure, plainWords } from "./engine-failure.ts";
import { moveFile, openBroken } from "./gate-tables.ts";
import type { PreparedFile } from "./prepare-landing.ts";
import { type Batch, type Part, readBatch } from "./read-batch.ts";
import { type ScanResult, scanText } from "./scan-text.ts";
import type { Scratch } from "./scratch.ts";

/** Reads the batches of a delivery, and finds the way around what the engine cannot read. */
export class DeliveryReader {
  readonly problems: FileProblem[] = [];
  /** What reading record by record found, by the place of the file in the delivery. */
  readonly surveys = new Map<number, ScanResult>();
  readonly #database: Database;
  readonly #request: IngestRequest;
  readonly #scratch: Scratch;
  #written = 0;

  constructor(database: Database, request: IngestRequest, scratch: Scratch) {
    this.#database = database;
    this.#request = request;
    this.#scratch = scratch;
  }

  async read(batches: readonly Batch[]): Promise<Part[]> {
    const parts: Part[] = [];
    for (const batch of batches) parts.push(...(await this.#readOrSplit(batch)));
    return parts;
  }

  /** Read parts again, their texts record by record first. */
  async readExactly(parts: readonly Part[]): Promise<Part[]> {
    const again: Part[] = [];
    for (const part of parts) {
      await rm(part.written.path, { force: true });
      again.push(...(await this.#readOrSplit(await this.#survey(part.batch))));
    }
    return again;
  }

  /** Whether records that are none were cut out of a file of this part. */
  isDamaged({ batch }: Part): boolean {
    return batch.files.some(({ order }) => (this.surveys.get(order)?.broken ?? 0) > 0);
  }

  async #readOrSplit(batch: Batch): Promise<Part[]> {
    const output = join(this.#request.directory, `accepted-${this.#written++}.parquet`);
    try {
      return [await readBatch(this.#database, batch, this.#request.columns, this.#scratch, output)];
    } catch (error) {
      await rm(output, { force: true });
      const failure = engineFailure(error);
      if (!failure) throw error;
      const machine = machineFailure(failure, "reading", error);
      if (machine) throw machine;
      if (!blamesFiles(failure)) throw error;
      if (!batch.careful && /malformed json/i.test(failure.message)) {
        return this.#readOrSplit({ ...batch, careful: true });
      }
      if (batch.files.some((file) => file.format !== "parquet" && !this.surveys.has(file.order))) {
        return this.#readOrSplit(await this.#survey(batch));
      }
      if (batch.files.length === 1) {
        this.#giveUp(batch.files[0], failure);
        return [];
      }
      const half = Math.ceil(batch.files.length / 2);
      const halves = [batch.files.slice(0, half), batch.files.slice(half)];
      return this.read(halves.map((files) => ({ ...batch, files })));
    }
  }

  #giveUp(file: PreparedFile | undefined, failure: EngineFailure): void {
    if (!file) return;
    this.problems.push({
      file: file.name,
      message: `cannot be read: ${plainWords(failure)}`,
      severity: "stop",
    });
    this.surveys.delete(file.order);
  }

  /** Read the texts of a batch record by record. Those with something in them that the engine cannot read are copied without it. */
  async #survey(batch: Batch): Promise<Batch> {
    using broken = await openBroken(this.#database);
    const files: PreparedFile[] = [];
    const moved: PreparedFile[] = [];
    for (const file of batch.files) {
      if (file.format === "parquet" || this.surveys.has(file.order)) {
        files.push(file);
        continue;
      }
      this.#database.refuseInterrupted();
      const copy = await this.#scratch.place("clean", file.name);
      const { encoding } = this.#request.options;
      const result = await scanText(file.source, file.shape, {
        copy,
        ...(encoding === undefined ? {} : { encoding }),
        onBroken: ({ line, reason, raw }) => broken.add([file.order, BigInt(line), reason, raw]),
      });
      this.surveys.set(file.order, result);
      this.#warnOfEncoding(file, result);
      const readable = result.copied ? { ...file, path: copy } : file;
      files.push(readable);
      if (result.copied) moved.push(readable);
    }
    broken.flush();
    for (const { order, path } of moved) await moveFile(this.#database, order, path);
    return { ...batch, files };
  }

  #warnOfEncoding({ name }: PreparedFile, { notUtf8 }: ScanResult): void {
    if (notUtf8 === 0) return;
    const { encoding = "utf-8" } = this.#request.options;
    const other = encoding === "utf-8" ? "latin-1" : "utf-8";
    this.problems.push({
      file: name,
      message: `${notUtf8} record${notUtf8 === 1 ? " is" : "s are"} not valid ${encoding}`,
      hint: `if it is in another encoding, say so: files("…", { encoding: "${other}" })`,
      severity: "warn",
    });
  }
}

/** What the engine says about input; everything else is a mistake of ours. */
const blamesFiles = ({ kind }: EngineFailure): boolean =>
  !["Binder", "Parser", "Catalog", "INTERNAL", "Internal", "Fatal"].includes(kind);

/**
 * The gate: landing files through their contract. Clean files are read by the engine in parallel; whatever
 * is refused is found again record by record, so that every record is accepted, quarantined or rejected,
 * with its place, and the sum is proven for each file. See `read-batch.ts` and `exact-pass.ts`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors.ts";
import type { FileProblem, RecordCounts } from "../../graph/delivery.ts";
import { noRecords, sumCounts } from "../../graph/record-counts.ts";
import type { IngestRequest, IngestResult, WrittenFile } from "../engine.ts";
import { checkContract } from "./check-contract.ts";
import type { Database } from "./database.ts";
import { constraintsOf, findLosers } from "./duplicates.ts";
import { engineFailure, fileSystemFailure, machineFailure } from "./engine-failure.ts";
import { acceptedByFile, verify, withoutLosers, writeQuarantine } from "./exact-pass.ts";
import { createGateTables, dropGateTables, gate } from "./gate-tables.ts";
import { planBatches } from "./plan-batches.ts";
import { prepareFiles } from "./prepare-files.ts";
import type { Part } from "./read-batch.ts";
import { DeliveryReader } from "./delivery-reader.ts";
import { type RecordsPath, parseRecordsPath } from "./records-path.ts";
import { Scratch } from "./scratch.ts";
import { parquetScan } from "./tables.ts";

/**
 * Read landing files through their contract. A file that cannot be read is a problem in the result, and
 * contributes nothing. Errors: `project-invalid`, `disk-full`, `accounting-broken`.
 */
export async function ingest(database: Database, request: IngestRequest): Promise<IngestResult> {
  const directory = join(request.directory, "landing");
  try {
    await mkdir(directory, { recursive: true });
    if (request.tried !== true) await checkContract(database, request.columns);
    return await new Gate(database, request, new Scratch(directory)).run();
  } catch (error) {
    throw inOtherWords(error) ?? error;
  } finally {
    await dropGateTables(database);
    await rm(directory, { recursive: true, force: true });
  }
}

function inOtherWords(error: unknown): SluiceError | undefined {
  const failure = engineFailure(error);
  return failure ? machineFailure(failure, "reading", error) : fileSystemFailure(error, "reading");
}

/** What became of a part. */
interface Settled {
  readonly accepted: WrittenFile | undefined;
  readonly quarantine: WrittenFile | undefined;
  readonly counts: ReadonlyMap<number, RecordCounts>;
}

class Gate {
  readonly #database: Database;
  readonly #request: IngestRequest;
  readonly #records: RecordsPath | undefined;
  readonly #scratch: Scratch;

  constructor(database: Database, request: IngestRequest, scratch: Scratch) {
    this.#database = database;
    this.#request = request;
    this.#scratch = scratch;
    const { records } = request.options;
    this.#records = records === undefined ? undefined : parseRecordsPath(records);
  }

  async run(): Promise<IngestResult> {
    const { files, options, columns } = this.#request;
    const prepared = await prepareFiles(files, {
      database: this.#database,
      options,
      records: this.#records,
      scratch: this.#scratch,
    });
    await createGateTables(this.#database, prepared.files);
    const planned = planBatches(prepared.files, columns, this.#records?.inside ?? []);
    const reader = new DeliveryReader(this.#database, this.#request, this.#scratch);
    let parts = await reader.read(planned.batches);
    let settled = await this.#settle(parts, reader);
    if (!Array.isArray(settled)) {
      // The engine lost its place in a text without saying so. Record by record, it cannot.
      parts = await reader.readExactly(parts);
      settled = await this.#settle(parts, reader);
    }
    if (!Array.isArray(settled)) throw this.#unproven(settled.why);
    return this.#result(parts, settled, [...prepared.problems, ...planned.problems, ...reader.problems]);
  }

  /** Refuse duplicates, then prove and write what was refused. Tells why where a sum is not right. */
  async #settle(
    parts: readonly Part[],
    reader: DeliveryReader,
  ): Promise<Settled[] | { readonly why: string }> {
    const constraints = constraintsOf(this.#request.columns);
    const lost = await findLosers(this.#database, constraints, parts, this.#request.existing);
    const losing = lost === 0 ? new Set<number>() : await this.#losingParts();
    const settled: Settled[] = [];
    for (const [number, part] of parts.entries()) {
      const loses = losing.has(number);
      if (!loses && part.refused === 0 && !reader.isDamaged(part)) {
        const why = footerMismatch(part);
        if (why !== undefined) return { why };
        settled.push({
          accepted: part.written,
          quarantine: undefined,
          counts: await this.#cleanCounts(part),
        });
        continue;
      }
      const verified = await verify(this.#database, part, number, this.#request.columns, reader.surveys);
      if (!verified.proven) return { why: verified.why };
      const { counts } = verified;
      const quarantine = await writeQuarantine(
        this.#database,
        part,
        counts,
        this.#path("quarantine", number),
      );
      const refused = sumCounts([...counts.values()]);
      if (quarantine.rows !== refused.quarantined + refused.rejected) {
        return {
          why: `${refused.quarantined + refused.rejected} records were refused, ${quarantine.rows} kept`,
        };
      }
      const accepted = loses ? await this.#dropLosers(part, number) : part.written;
      if (accepted.rows !== refused.accepted) {
        return { why: `${refused.accepted} records were accepted, ${accepted.rows} kept` };
      }
      settled.push({ accepted, quarantine, counts });
    }
    return settled;
  }

  async #losingParts(): Promise<Set<number>> {
    const rows = await this.#database.all<{ part: number }>(`select distinct part from ${gate.losers}`);
    return new Set(rows.map(({ part }) => part));
  }

  async #cleanCounts(part: Part): Promise<Map<number, RecordCounts>> {
    const accepted = await acceptedByFile(this.#database, part);
    return new Map(
      part.batch.files.map(({ order }) => {
        const rows = accepted.get(order) ?? 0;
        return [order, { received: rows, accepted: rows, quarantined: 0, rejected: 0 }];
      }),
    );
  }

  async #dropLosers(part: Part, number: number): Promise<WrittenFile> {
    const kept = await withoutLosers(this.#database, part, number, this.#path("accepted-unique", number));
    await rm(part.written.path, { force: true });
    return kept;
  }

  #path(kind: string, number: number): string {
    return join(this.#request.directory, `${kind}-${number}.parquet`);
  }

  async #result(
    parts: readonly Part[],
    settled: readonly Settled[],
    problems: readonly FileProblem[],
  ): Promise<IngestResult> {
    const { files } = this.#request;
    const byOrder = new Map(settled.flatMap(({ counts }) => [...counts]));
    for (const [order, found] of parts.flatMap(({ blanks }) => [...blanks]))
      byOrder.set(order, { ...(byOrder.get(order) ?? noRecords), blanks: found });
    const places = new Map(files.map(({ name }, index) => [name, index]));
    const accepted = await withRows(settled.map((part) => part.accepted));
    const quarantine = await withRows(settled.map((part) => part.quarantine));
    return {
      accepted,
      quarantine,
      counts: sumCounts([...byOrder.values()]),
      countsByFile: Object.fromEntries(
        files.map(({ name }, index) => [name, byOrder.get(index) ?? noRecords]),
      ),
      reasons: await this.#frequentReasons(quarantine),
      problems: problems.toSorted((a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0)),
    };
  }

  async #frequentReasons(quarantine: readonly WrittenFile[]): Promise<IngestResult["reasons"]> {
    if (quarantine.length === 0) return [];
    const rows = await this.#database.all<{ reason: string; records: bigint }>(`
      select reason, count(*) as records
      from (select unnest(reasons) as reason from ${parquetScan(quarantine.map(({ path }) => path))})
      group by reason order by records desc, reason limit ${shownReasons}`);
    return rows.map(({ reason, records }) => ({ reason, records: Number(records) }));
  }

  #unproven(why: string): SluiceError {
    return new SluiceError("accounting-broken", `the records of the delivery do not add up: ${why}`, {
      hint: "run again; if a file changes while it is read, deliver it under another name and rename it when it is whole",
    });
  }
}

const shownReasons = 20;

/** The footers of Parquet files tell how many rows there were, whatever was read. */
function footerMismatch({ batch, written, refused }: Part): string | undefined {
  let rows = 0;
  for (const file of batch.files) {
    if (file.format !== "parquet") return undefined;
    rows += file.rows;
  }
  return rows === written.rows + refused
    ? undefined
    : `${rows} rows were delivered, ${written.rows + refused} read`;
}

/** Files without rows are not worth keeping. */
async function withRows(files: readonly (WrittenFile | undefined)[]): Promise<WrittenFile[]> {
  const kept: WrittenFile[] = [];
  for (const file of files) {
    if (!file) continue;
    if (file.rows > 0) kept.push(file);
    else await rm(file.path, { force: true });
  }
  return kept;
}

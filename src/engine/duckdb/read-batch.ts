/** The fast pass: one parallel scan that casts, judges and writes the accepted rows, and counts the others. */
import { sourceFileColumn, type WrittenFile } from "../engine.ts";
import { quoteText } from "../../sql/quote.ts";
import { BlankTally } from "./blank-tally.ts";
import { type Contract, compileContract, type ContractColumn } from "./contract.ts";
import type { Database } from "./database.ts";
import { gate } from "./gate-tables.ts";
import type { LandingScan, ScanMaker } from "./landing-scan.ts";
import type { PreparedFile } from "./prepare-landing.ts";
import type { Scratch } from "./scratch.ts";
import { writeParquet } from "./write-parquet.ts";

/** Files that are read in one statement, into one accepted part. */
export interface Batch {
  readonly files: readonly PreparedFile[];
  readonly scan: ScanMaker;
  /** Some lines are not JSON. */
  readonly careful: boolean;
}

/** What the fast pass made of a batch. */
export interface Part {
  readonly batch: Batch;
  readonly written: WrittenFile;
  /** Rows that the contract refused. */
  readonly refused: number;
  /** Values that were delivered as coded blanks, by the place of the file in the delivery and by column. */
  readonly blanks: ReadonlyMap<number, Readonly<Record<string, number>>>;
}

/** The rows of a batch with what they are read as, and the SQL that judges them. */
export interface JudgedRows {
  /** Has `path`, `r…`, `v…`, and what else the scan has. */
  readonly sql: string;
  readonly scan: LandingScan;
  readonly contract: Contract;
  /** True for a row that is accepted; false or null for one that is not. */
  readonly fine: string;
}

export function judgedRows(batch: Batch, columns: readonly ContractColumn[]): JudgedRows {
  const scan = batch.scan(
    batch.files.map(({ path }) => path),
    batch.careful,
  );
  const mayHoldNul = batch.files.some((file) => file.format === "parquet" || file.mayHoldNul);
  const contract = compileContract(columns, { types: scan.types, mayHoldNul });
  const values = contract.values.map((value, index) => `${value} as v${index}`);
  const record = scan.breaks ? "broken is null and " : "";
  return {
    sql: `select *, ${values.join(", ")} from (${scan.sql})`,
    scan,
    contract,
    fine: `${record}${contract.fine}`,
  };
}

/** Read a batch. Errors are the engine's own: the caller knows whether a file is to blame. */
export async function readBatch(
  database: Database,
  batch: Batch,
  columns: readonly ContractColumn[],
  scratch: Scratch,
  output: string,
): Promise<Part> {
  const { sql, scan, contract, fine } = judgedRows(batch, columns);
  await database.run(`create or replace sequence ${gate.refusals}`);
  // A refused row counts itself, at no cost for the others: conditions would be reordered, cases are not.
  // It also names the columns that nothing reads, so that the engine finds broken text in them too.
  const counted = `concat(nextval('${gate.refusals}'), ${[...scan.unread, "''"].join(", ")}) is null`;
  const name = nameOf(batch.files, scratch);
  const tally = new BlankTally(database, scan, contract);
  await tally.start();
  const query = `select ${contract.outputs.join(", ")}, ${name} as ${sourceFileColumn} from (${sql})
    where case ${tally.counting} when ${fine} then true else ${counted} end`;
  const outputs = [
    ...columns.map((column) => ({ name: column.name, engineType: column.engineType })),
    { name: sourceFileColumn, engineType: "VARCHAR" },
  ];
  const written = await writeParquet(database, query, outputs, output);
  const { next } = await database.one<{ next: bigint }>(`select nextval('${gate.refusals}') as next`);
  const blanks = await tally.byFile(batch);
  return { batch, written: withNames(written, batch), refused: Number(next) - 1, blanks };
}

/** The engine keeps no limits of an enumeration, but which names there can be is known. */
function withNames(written: WrittenFile, { files }: Batch): WrittenFile {
  const names = files.map(({ name }) => name).toSorted();
  const [min, max] = [names[0], names.at(-1)];
  if (min === undefined || max === undefined) return written;
  const columns = written.columns.map((one) => (one.name === sourceFileColumn ? { ...one, min, max } : one));
  return { ...written, columns };
}

/**
 * A row's landing file, from the path it was read from; a join would cost the rows their order. As a value
 * of an enumeration it is written as the text it is, but is not looked at again for each row.
 */
function nameOf(files: readonly PreparedFile[], scratch: Scratch): string {
  const own = files.filter(({ path }) => !scratch.holds(path));
  const prefixes = new Set(own.map(({ path, name }) => path.slice(0, path.length - name.length)));
  const cuts = [...prefixes].map(
    (prefix) =>
      `when starts_with(path, ${quoteText(prefix)}) then substring(path, ${Array.from(prefix).length + 1})`,
  );
  const names = files.map(({ name }) => quoteText(name)).join(", ");
  return `cast(case when ${scratch.isCopy("path")} then ${scratch.nameOf("path")} ${cuts.join(" ")} end as enum(${names}))`;
}

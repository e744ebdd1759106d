/** The temporary tables of one delivery on its way through the gate. */
import { BIGINT, INTEGER, VARCHAR } from "@duckdb/node-api";
import { quoteText } from "../../sql/quote.ts";
import type { Database } from "./database.ts";
import type { PreparedFile } from "./prepare-landing.ts";
import { RowAppender } from "./row-appender.ts";

export const gate = {
  /** Every file that is read: `path`, `number` (its place in the delivery), `name`. */
  files: "sluice_files",
  /** Records that are none: `number`, `position`, `reason`, `raw`. */
  broken: "sluice_broken",
  /** Rows of a batch that count: refused ones, and the first and last of each file. */
  seen: "sluice_seen",
  /** Lines of refused records: `number`, `record`, `position`, `raw`. */
  lines: "sluice_lines",
  /** Rows that share a key with an earlier one. */
  rivals: "sluice_rivals",
  /** Those of them that lose it: `part`, `row`, `guard` (a hash of the row's keys), `reasons`. */
  losers: "sluice_losers",
  /** Counts the refused rows of a scan. */
  refusals: "sluice_refusals",
  /** Count the coded blanks of a scan, one for each column that has any. */
  blanks: "sluice_blanks",
} as const;

export async function createGateTables(database: Database, files: readonly PreparedFile[]): Promise<void> {
  await database.run(`
    create or replace temp table ${gate.files} (path varchar, number integer, name varchar);
    create or replace temp table ${gate.broken} (number integer, position bigint, reason varchar, raw varchar);
    create or replace temp table ${gate.losers} (part integer, row bigint, guard ubigint, reasons varchar[])`);
  using appender = await RowAppender.open(database, gate.files, [VARCHAR, INTEGER, VARCHAR]);
  for (const file of files) appender.add([file.path, file.order, file.name]);
  appender.flush();
}

/** A warm worker holds on to nothing. */
export async function dropGateTables(database: Database): Promise<void> {
  const { refusals, blanks: _, ...tables } = gate;
  const drops = Object.values(tables).map((table) => `drop table if exists ${table}`);
  await database.run([...drops, `drop sequence if exists ${refusals}`].join("; "));
}

/** The file is read from a copy from now on. */
export async function moveFile(database: Database, number: number, path: string): Promise<void> {
  await database.run(`update ${gate.files} set path = ${quoteText(path)} where number = ${number}`);
}

export const openBroken = (database: Database): Promise<RowAppender> =>
  RowAppender.open(database, gate.broken, [INTEGER, BIGINT, VARCHAR, VARCHAR]);

export async function openLines(database: Database): Promise<RowAppender> {
  await database.run(
    `create or replace temp table ${gate.lines} (number integer, record bigint, position bigint, raw varchar)`,
  );
  return RowAppender.open(database, gate.lines, [INTEGER, BIGINT, BIGINT, VARCHAR]);
}

import { SluiceError } from "../../errors.ts";
import type { TableColumn } from "../../graph/table-column.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import { sourceFileColumn, type WrittenFile } from "../engine.ts";
import type { Database } from "./database.ts";
import { inWords, plainWords } from "./engine-failure.ts";
import { parquetScan } from "./tables.ts";
import { writeParquet } from "./write-parquet.ts";

/**
 * Copy the rows of source files, in their order, without those of some landing files. `column` tells each
 * row's landing file. Errors: `build-failed`, `disk-full`.
 */
export async function rewrite(
  database: Database,
  files: readonly string[],
  without: readonly string[],
  column: string,
  output: string,
): Promise<WrittenFile> {
  return inWords(
    "copying the rows that stay",
    async () => {
      const scan = parquetScan(files);
      const columns = await describe(database, scan);
      const gone = without.map(quoteText).join(", ");
      const stays = without.length === 0 ? "true" : `(${quoteName(column)} in (${gone})) is not true`;
      return writeParquet(database, `select * from ${scan} where ${stays}`, columns, output);
    },
    (failure, cause) =>
      new SluiceError("build-failed", `rows that stay could not be copied: ${plainWords(failure)}`, {
        cause,
      }),
  );
}

/** How many rows of a source file come from each of some landing files, where any does. Errors: `build-failed`. */
export async function rowsFrom(
  database: Database,
  file: string,
  landingFiles: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  return inWords(
    "counting the rows that go",
    async () => {
      const name = quoteName(sourceFileColumn);
      const counts = await database.all<{ name: string; rows: bigint }>(
        `select ${name} as name, count(*) as rows from ${parquetScan([file])}
        where ${name} in (${landingFiles.map(quoteText).join(", ")}) group by all order by all`,
      );
      return Object.fromEntries(counts.map((one) => [one.name, Number(one.rows)]));
    },
    (failure, cause) =>
      new SluiceError("build-failed", `rows that go could not be counted: ${plainWords(failure)}`, { cause }),
  );
}

/** Names and types of what a scan gives. */
async function describe(database: Database, scan: string): Promise<TableColumn[]> {
  const rows = await database.all<{ column_name: string; column_type: string }>(`describe from ${scan}`);
  return rows.map((row) => ({ name: row.column_name, engineType: row.column_type }));
}

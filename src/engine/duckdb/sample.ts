import type { DuckDBValue } from "@duckdb/node-api";
import { quoteName } from "../../sql/quote.ts";
import type { SampledColumn } from "../../quality/monitors/profile-sample.ts";
import type { SampleRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { parquetScan, standingScan, standsWithout } from "./tables.ts";

/** Rows that are looked at, at most, and values: a wide table gives fewer rows. */
const mostRows = 2_048;
const mostValues = 60_000;
/** In how many places they lie. Each costs what is decoded before it in its group of rows. */
const places = 3;
/** Characters of a text that are looked at. */
const shownCharacters = 64;

/** Values of rows that lie in a few places spread evenly over files; the same rows whenever the files are the same. */
export async function sample(
  database: Database,
  { files, columns }: SampleRequest,
): Promise<readonly SampledColumn[]> {
  if (columns.length === 0) return [];
  const read = columns.map(({ name, engineType }, index) => {
    const isNumber = numeric.test(engineType);
    const value = `${valueOf(quoteName(name), engineType)} as v${index}`;
    return { isNumber, sql: isNumber ? [value] : [value, `length(${textOf(quoteName(name))}) as l${index}`] };
  });
  const list = read.flatMap(({ sql }) => sql).join(", ");
  const most = Math.max(1, Math.min(mostRows, Math.floor(mostValues / columns.length)));
  const parts = blocks(files, most).map(({ file, from, to }) => {
    const { path, fallen, without, rows } = file;
    const stands = without === undefined ? "" : ` and ${standsWithout(without)}`;
    const range = `file_row_number between ${from} and ${to - 1}${stands}`;
    if (fallen !== undefined) return `select ${list} from ${standingScan(path, fallen)} where ${range}`;
    return from === 0 && to === rows && without === undefined
      ? `select ${list} from ${parquetScan([path])}`
      : `select ${list} from ${parquetScan([path], ", file_row_number = true")} where ${range}`;
  });
  if (parts.length === 0) return columns.map(({ name }) => ({ name, values: [] }));
  database.refuseInterrupted();
  const reader = await database.connection.runAndReadAll(parts.join(" union all "));
  const found = reader.getColumns();
  let at = 0;
  return columns.map(({ name }, index): SampledColumn => {
    const values = (found[at++] ?? []).map(plain);
    if (read[index]?.isNumber) return { name, values };
    return {
      name,
      values,
      lengths: (found[at++] ?? []).map((length) => (length === null ? null : Number(length))),
    };
  });
}

interface Block {
  readonly file: SampleRequest["files"][number];
  /** Rows of the file, the end excluded. */
  readonly from: number;
  readonly to: number;
}

/** All rows where they are few; else as many in each of some places, each in the middle of its share of all rows. */
function blocks(files: SampleRequest["files"], most: number): readonly Block[] {
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  const size = Math.floor(most / places);
  const ranges: readonly (readonly [number, number])[] =
    total <= most || size === 0
      ? [[0, Math.min(total, most)]]
      : Array.from({ length: places }, (_, place) => {
          const from = Math.floor(((place + 0.5) * total) / places - size / 2);
          return [from, from + size] as const;
        });
  const found: Block[] = [];
  let start = 0;
  for (const file of files) {
    const { rows } = file;
    for (const [from, to] of ranges) {
      const block = { file, from: Math.max(0, from - start), to: Math.min(rows, to - start) };
      if (block.from < block.to) found.push(block);
    }
    start += rows;
  }
  return found;
}

const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|REAL|BOOLEAN|DATE|TIMESTAMP.*)$/;

/** A value as a number where its type has an order that means something, else as the beginning of its text. */
function valueOf(name: string, engineType: string): string {
  if (!numeric.test(engineType)) return `left(${textOf(name)}, ${shownCharacters})`;
  if (!/^(DATE|TIMESTAMP)/.test(engineType)) return `cast(${name} as double)`;
  // Infinite times have no number.
  return `case when isfinite(${name}) then epoch_ms(${name}) :: double end`;
}

const textOf = (name: string): string => `cast(${name} as varchar)`;

const plain = (value: DuckDBValue): number | string | null =>
  typeof value === "number" || typeof value === "string" ? value : value === null ? null : String(value);

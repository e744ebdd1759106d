import { quoteName } from "../../sql/quote.ts";
import type { SampledColumn } from "../../quality/monitors/profile-sample.ts";
import type { SampleRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { parquetScan, standingScan, standsWithout } from "./tables.ts";

/** Rows that are looked at, at most, and values: a wide table gives fewer rows. */
const mostRows = 2_048;
const mostValues = 60_000;
/** In how many places they lie. Each costs what is decoded before it in its group of rows. */
const placeCount = 3;
/** Rows of a group as the writer makes them. One range of positions is looked for in its own groups, several in all. */
const groupRows = 122_880;
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
    return {
      isNumber,
      sql: isNumber
        ? [value]
        : [value, `cast(length(${textOf(quoteName(name), engineType)}) as double) as l${index}`],
    };
  });
  const list = read.flatMap(({ sql }) => sql).join(", ");
  const most = Math.max(1, Math.min(mostRows, Math.floor(mostValues / columns.length)));
  const parts = places(files, most).map(({ file, ranges }) => {
    const { path, fallen, without, rows } = file;
    const isWhole = ranges.every(([from, to]) => to - from === rows);
    if (isWhole && without === undefined && fallen === undefined)
      return `select ${list} from ${parquetScan([path])}`;
    // Several are near: what lies before a place is decoded once, not once for each place behind it.
    const within = ranges
      .map(([first, end]) => `file_row_number between ${first} and ${end - 1}`)
      .join(" or ");
    const stands = without === undefined ? "" : ` and ${standsWithout(without)}`;
    const scan =
      fallen === undefined ? parquetScan([path], ", file_row_number = true") : standingScan(path, fallen);
    return `select ${list} from ${scan} where (${within})${stands}`;
  });
  if (parts.length === 0) return columns.map(({ name }) => ({ name, values: [] }));
  database.refuseInterrupted();
  const reader = await database.connection.runAndReadAll(parts.join(" union all "));
  // By what was asked for, all are numbers or texts already; to look at each of them again costs more than the query.
  const found = reader.getColumns() as (number | string | null)[][];
  let at = 0;
  return columns.map(({ name }, index): SampledColumn => {
    const values = found[at++] ?? [];
    if (read[index]?.isNumber) return { name, values };
    return { name, values, lengths: (found[at++] ?? []) as (number | null)[] };
  });
}

/** Positions of rows, the end excluded. */
type Range = readonly [from: number, to: number];

interface Places {
  readonly file: SampleRequest["files"][number];
  /** Rows of the file. */
  readonly ranges: readonly Range[];
}

/** The rows of each file that are looked at, all together unless they are far apart: of a file without any, nothing. */
function places(files: SampleRequest["files"], most: number): readonly Places[] {
  const ranges = rangesOf(
    files.reduce((sum, { rows }) => sum + rows, 0),
    most,
  );
  const found: Places[] = [];
  let start = 0;
  for (const file of files) {
    const { rows } = file;
    const own = ranges
      .map(([from, to]): Range => [Math.max(0, from - start), Math.min(rows, to - start)])
      .filter(([from, to]) => from < to);
    const isNear = own.some(([from], at) => from - (own[at - 1]?.[1] ?? -Infinity) < groupRows);
    if (isNear) found.push({ file, ranges: own });
    else found.push(...own.map((range) => ({ file, ranges: [range] })));
    start += rows;
  }
  return found;
}

/** All rows where they are few; else as many in each of some places, each in the middle of its share of all rows. */
function rangesOf(total: number, most: number): readonly Range[] {
  const size = Math.floor(most / placeCount);
  if (total <= most || size === 0) return [[0, Math.min(total, most)]];
  return Array.from({ length: placeCount }, (_, place): Range => {
    const from = Math.floor(((place + 0.5) * total) / placeCount - size / 2);
    return [from, from + size];
  });
}

const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|REAL|BOOLEAN|DATE|TIMESTAMP.*)$/;

/** A value as a number where its type has an order that means something, else as the beginning of its text. */
function valueOf(name: string, engineType: string): string {
  if (!numeric.test(engineType)) return `left(${textOf(name, engineType)}, ${shownCharacters})`;
  if (!/^(DATE|TIMESTAMP)/.test(engineType)) return `cast(${name} as double)`;
  // Infinite times have no number.
  return `case when isfinite(${name}) then epoch_ms(${name}) :: double end`;
}

/** Of a small table, planning the query is most of what it costs: nothing is cast that need not be. */
const textOf = (name: string, engineType: string): string =>
  engineType === "VARCHAR" ? name : `cast(${name} as varchar)`;

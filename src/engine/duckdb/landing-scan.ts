/**
 * Prepared files as SQL: `path`, the delivered values in `r0`, `r1`, …, and `broken` where a record may be
 * no record at all. Everything is read as it stands; what it means is the contract's.
 */
import { quoteName, quoteText } from "../../sql/quote.ts";
import { findSources, type MissingColumns } from "./column-sources.ts";
import type { ContractColumn } from "./contract.ts";
import { quotePaths } from "./paths.ts";
import type { PreparedFile, PreparedParquet, PreparedText } from "./prepare-landing.ts";
import { jsonPointer } from "./records-path.ts";
import { lineSeparator, longestRecord } from "./scan-text.ts";
import { parquetScan } from "./tables.ts";

export interface LandingScan {
  readonly sql: string;
  /** The engine types of `r0`, `r1`, … */
  readonly types: readonly string[];
  /** Whether there is a column `broken`: why a row is no record, or null. */
  readonly breaks: boolean;
  /** Columns that nothing reads, named so that the engine looks whether they can be read all the same. */
  readonly unread: readonly string[];
  /** SQL of the record as JSON, in the scan's columns. Text has its lines instead. */
  readonly raw: string | undefined;
}

/**
 * Make the scan for files that are read alike, given where they are now. `careful`: lines may not be JSON;
 * otherwise one that is not ends the scan with an error.
 */
export type ScanMaker = (paths: readonly string[], careful: boolean) => LandingScan;

/** Files with equal keys can be read in one statement. */
export function readingKey(file: PreparedFile): string {
  switch (file.format) {
    case "csv":
      return JSON.stringify(["csv", file.header?.delimiter, file.lineEnd, file.header?.text]);
    case "lines":
      return JSON.stringify(["lines", file.lineEnd]);
    case "parquet":
      return JSON.stringify(["parquet", file.columns]);
  }
}

/** How to scan files like this one through a contract, or what it lacks. */
export function planScan(
  like: PreparedFile,
  columns: readonly ContractColumn[],
  inside: readonly string[],
): ScanMaker | MissingColumns {
  switch (like.format) {
    case "csv":
      return planCsv(like, columns);
    case "lines":
      return (paths, careful) => scanLines(paths, columns, inside, careful);
    case "parquet":
      return planParquet(like, columns);
  }
}

/** The buffers hold two of the longest records, so that none straddles more than two of them. */
const buffers = `max_line_size = ${longestRecord}, buffer_size = ${longestRecord * 2}`;
const textOptions = `auto_detect = false, comment = '', strict_mode = true, filename = 'path', hive_partitioning = false, compression = 'none', ${buffers}`;

function planCsv(like: PreparedText, columns: readonly ContractColumn[]): ScanMaker | MissingColumns {
  const names = like.header?.names ?? [];
  const found = findSources(columns, names);
  if ("message" in found) return found;
  const fields = names.map((_, index) => `c${index}`);
  const used = new Set(found.sources.flat());
  const unread = fields.filter((_, index) => !used.has(index));
  const values = found.sources.map(
    (indexes, index) => `${firstOf(indexes.map((i) => `c${i}`))} as r${index}`,
  );
  const options = [
    `columns = {${fields.map((field) => `'${field}': 'VARCHAR'`).join(", ")}}`,
    "header = true",
    `delim = ${quoteText(like.header?.delimiter ?? ",")}`,
    `quote = '"', escape = '"', nullstr = ''`,
    // Told of CRLF, the engine finds no row at all and says nothing; left alone, it finds it out.
    ...(like.lineEnd === "\r\n" ? [] : [`new_line = '${like.lineEnd === "\r" ? "\\r" : "\\n"}'`]),
    textOptions,
  ];
  // In a file with one column an empty line is nothing, and the engine takes it for a null.
  const where = fields.length === 1 ? " where c0 is not null" : "";
  return (paths) => ({
    sql: `select ${["path", ...values, ...unread].join(", ")} from read_csv(${[quotePaths(paths), ...options].join(", ")})${where}`,
    types: columns.map(() => "VARCHAR"),
    breaks: false,
    unread,
    raw: undefined,
  });
}

const firstOf = (values: readonly string[]): string =>
  values.length === 0
    ? "cast(null as varchar)"
    : values.length === 1
      ? (values[0] ?? "")
      : `coalesce(${values.join(", ")})`;

/** A name with dots is tried as a key of its own, then as a path. */
function pointersOf({ name, spec }: ContractColumn, inside: readonly string[]): string[] {
  const names = spec.from ?? [name];
  return names.flatMap((one) => {
    const literal = jsonPointer([...inside, one]);
    return one.includes(".") ? [literal, jsonPointer([...inside, ...one.split(".")])] : [literal];
  });
}

function scanLines(
  paths: readonly string[],
  columns: readonly ContractColumn[],
  inside: readonly string[],
  careful: boolean,
): LandingScan {
  const texts: string[] = [];
  const documents: string[] = [];
  const values = columns.map((column, index) => {
    const isJson = column.spec.type === "json";
    const pointers = isJson ? documents : texts;
    const alternatives = pointersOf(column, inside).map((pointer) => {
      const at = pointers.push(pointer);
      return isJson ? `nullif(cast(d[${at}] as varchar), 'null')` : `t[${at}]`;
    });
    return `${firstOf(alternatives)} as r${index}`;
  });
  const list = (pointers: readonly string[]): string => `[${pointers.map(quoteText).join(", ")}]`;
  // Looking whether it is JSON is a second reading of the line, and only worth it where some are not.
  const guarded = (sql: string): string => (careful ? `case when json_valid(raw) then ${sql} end` : sql);
  const parsed = [
    `${guarded(`json_extract_string(raw, ${list(texts.length > 0 ? texts : [""])})`)} as t`,
    ...(documents.length > 0 ? [`${guarded(`json_extract(raw, ${list(documents)})`)} as d`] : []),
  ];
  // Cases, because the engine would trim every line to judge a condition with "or".
  const isObject =
    inside.length > 0
      ? `when json_type(raw, ${quoteText(jsonPointer(inside))}) = 'OBJECT' then null`
      : `when starts_with(raw, '{') then null when starts_with(${trimmed}, '{') then null`;
  const what = inside.length > 0 ? `no object at ${inside.join(".")}` : "not a JSON object";
  const lines = `read_csv(${quotePaths(paths)}, columns = {'raw': 'VARCHAR'}, header = false, delim = '${lineSeparator}', quote = '', escape = '', ${textOptions})`;
  return {
    sql: `select path, ${values.join(", ")}, case when t is null then 'not valid JSON' ${isObject} else ${quoteText(what)} end as broken
      from (select path, raw, ${parsed.join(", ")} from ${lines} where starts_with(raw, '{') or ${trimmed} <> '')`,
    types: columns.map(() => "VARCHAR"),
    breaks: true,
    unread: [],
    raw: undefined,
  };
}

/** A line without the spaces around it. Blank lines are no records. */
const trimmed = "trim(raw, ' ' || chr(9))";

function planParquet(like: PreparedParquet, columns: readonly ContractColumn[]): ScanMaker | MissingColumns {
  const names = like.columns.map(({ name }) => name);
  const found = findSources(columns, names);
  if ("message" in found) return found;
  const typeAt = (index: number): string => like.columns[index]?.type ?? "VARCHAR";
  const types = found.sources.map((indexes) => {
    const [first, ...others] = new Set(indexes.map(typeAt));
    return first === undefined || others.length > 0 ? "VARCHAR" : first;
  });
  const values = found.sources.map((indexes, index) => {
    const type = types[index] ?? "VARCHAR";
    const own = indexes.map((i) => (typeAt(i) === type ? fieldOf(i) : `cast(${fieldOf(i)} as varchar)`));
    return `${firstOf(own)} as r${index}`;
  });
  const fields = names.map((name, index) => `${quoteName(name)} as c${index}`);
  const members = names.map((name, index) => `${quoteText(name)}: ${fieldOf(index)}`);
  let pathName = "path";
  while (names.some((name) => name.toLowerCase() === pathName)) pathName += "_";
  return (paths) => ({
    sql: `select path, ${[...values, ...names.map((_, index) => fieldOf(index))].join(", ")}
      from (select ${pathName} as path, ${fields.join(", ")} from ${parquetScan(paths, `, filename = '${pathName}'`)})`,
    types,
    breaks: false,
    unread: [],
    raw: `cast(to_json({${members.join(", ")}}) as varchar)`,
  });
}

const fieldOf = (index: number): string => `c${index}`;

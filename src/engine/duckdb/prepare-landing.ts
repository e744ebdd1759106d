/** Landing files made ready to be read: what they are, whether they are whole, and where their plain text is. */
import { constants, open, stat } from "node:fs/promises";
import type { FileFormat, FileOptions } from "../../define/source.ts";
import type { FileProblem, LandingFile } from "../../graph/delivery.ts";
import type { Database } from "./database.ts";
import { type CsvHeader, firstLineEnd, readHeader } from "./csv-header.ts";
import { engineFailure, machineFailure, plainWords } from "./engine-failure.ts";
import { contains } from "./search-file.ts";
import { tooLongLine } from "./long-lines.ts";
import { isSayable, quotePath } from "./paths.ts";
import { DamagedArchive, writePlainText } from "./plain-text.ts";
import type { RecordsPath } from "./records-path.ts";
import { longestRecord, type TextShape } from "./scan-text.ts";
import type { Scratch } from "./scratch.ts";
import { splitJson } from "./split-json.ts";
import { parquetScan } from "./tables.ts";

interface Prepared {
  /** Place in the delivery, from 0: the first delivered wins. */
  readonly order: number;
  readonly name: string;
  /** Where its bytes are to be read: its own path, or a copy in plain text. */
  readonly path: string;
  readonly bytes: number;
}

/** A text file in UTF-8 whose lines the engine can hold. */
export interface PreparedText extends Prepared {
  readonly format: "csv" | "lines";
  /** The text as it was delivered, where `path` may be a copy without what the engine cannot read. */
  readonly source: string;
  readonly shape: TextShape;
  readonly lineEnd: string;
  /** Whether a NUL character may be in a value. */
  readonly mayHoldNul: boolean;
  /** Only CSV. */
  readonly header?: CsvHeader;
}

export interface PreparedParquet extends Prepared {
  readonly format: "parquet";
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows, as its footer says. */
  readonly rows: number;
}

export type PreparedFile = PreparedText | PreparedParquet;

/** What preparing needs to know. */
export interface Preparation {
  readonly database: Database;
  readonly options: FileOptions;
  readonly records: RecordsPath | undefined;
  readonly scratch: Scratch;
}

/** Make a landing file ready, or say what is wrong with it. */
export async function prepareFile(
  file: LandingFile,
  order: number,
  preparation: Preparation,
): Promise<PreparedFile | FileProblem> {
  const stop = (message: string, more: { hint?: string; line?: number } = {}): FileProblem => ({
    file: file.name,
    message,
    severity: "stop",
    ...more,
  });
  const empty: FileProblem = { file: file.name, message: "empty file", severity: "warn" };
  preparation.database.refuseInterrupted();
  const format = preparation.options.format ?? formatOf(file.name);
  if (format === undefined) {
    return stop("its name does not tell its format", { hint: 'say it: files("…", { format: "csv" })' });
  }
  try {
    const head = await readMagic(file.path);
    if (head.bytes === 0) return format === "parquet" ? stop("empty file: not a Parquet file") : empty;
    if (format === "parquet") return await prepareParquet(file, order, preparation, stop);
    const path = await plainText(file, head.gzip, preparation);
    const { size } = await stat(path);
    if (size === 0) return empty;
    const prepared = { order, name: file.name, path, bytes: size };
    if (format === "json") return await prepareJson(prepared, preparation, stop);
    const long = await tooLongLine(path);
    if (long !== undefined) return stop(...tooLong(format, long));
    return format === "csv"
      ? await prepareCsv(prepared, preparation.options, stop)
      : await prepareLines(prepared);
  } catch (error) {
    return stop(...readingFailure(error));
  }
}

type Stop = (message: string, more?: { hint?: string; line?: number }) => FileProblem;

const endings: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
  parquet: "parquet",
};

function formatOf(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, "");
  return endings[plain.slice(plain.lastIndexOf(".") + 1)];
}

async function readMagic(path: string): Promise<{ readonly bytes: number; readonly gzip: boolean }> {
  await using file = await open(path, constants.O_RDONLY);
  const status = await file.stat();
  if (!status.isFile()) throw Object.assign(new Error("not a file"), { code: "EISDIR" });
  const magic = Buffer.alloc(2);
  const { bytesRead } = await file.read(magic, 0, 2, 0);
  return { bytes: status.size, gzip: bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b };
}

/** The path of the file's text in UTF-8: its own where it is that already. */
async function plainText(file: LandingFile, gzip: boolean, preparation: Preparation): Promise<string> {
  const { encoding = "utf-8" } = preparation.options;
  if (!gzip && /\.gz$/i.test(file.name)) throw new DamagedArchive("it does not begin like one");
  if (!gzip && encoding === "utf-8") return readablePath(file, preparation.scratch);
  const copy = await preparation.scratch.place("text", file.name);
  await writePlainText(file.path, copy, { gzip, encoding });
  return copy;
}

/** Its own path, where the engine can be told of it and sees the file's name in it. */
const readablePath = async (file: LandingFile, scratch: Scratch): Promise<string> =>
  isSayable(file.path) && file.path.endsWith(`/${file.name}`)
    ? file.path
    : scratch.link(file.path, file.name);

const tooLong = (format: FileFormat, line: number): [string, { hint: string; line: number }] => [
  `line ${line} is longer than ${longestRecord >> 20} MB`,
  {
    line,
    hint: format === "csv" ? "do its lines end, and is its delimiter right?" : "NDJSON has one record a line",
  },
];

async function prepareCsv(
  prepared: Prepared,
  { delimiter }: FileOptions,
  stop: Stop,
): Promise<PreparedText | FileProblem> {
  const header = await readHeader(prepared.path, delimiter);
  if ("message" in header)
    return stop(header.message, header.hint === undefined ? {} : { hint: header.hint });
  const byte = header.delimiter.charCodeAt(0);
  if (header.delimiter.length !== 1 || byte > 127 || header.delimiter === '"') {
    return stop(`"${header.delimiter}" cannot separate fields`, {
      hint: "a delimiter is one ASCII character",
    });
  }
  const shape = { kind: "csv", delimiter: byte, columns: header.names.length } as const;
  const mayHoldNul = contains(prepared.path, "\0");
  return {
    ...prepared,
    format: "csv",
    source: prepared.path,
    shape,
    lineEnd: header.lineEnd || "\n",
    mayHoldNul,
    header,
  };
}

async function prepareLines(prepared: Prepared): Promise<PreparedText> {
  const lineEnd = (await firstLineEnd(prepared.path)) || "\n";
  return linesOf(prepared, prepared.path, lineEnd);
}

/** One record a line, with its number as the line's. */
async function prepareJson(
  prepared: Prepared,
  preparation: Preparation,
  stop: Stop,
): Promise<PreparedText | FileProblem> {
  const path = await preparation.scratch.place("records", prepared.name);
  const problem = await splitJson(prepared.path, path, preparation.records?.steps);
  if (problem) {
    const hint = /longer than/.test(problem.message) && !preparation.records;
    return stop(problem.message, {
      line: problem.line,
      ...(hint ? { hint: 'tell where its records are: files("…", { records: "$.items[*]" })' } : {}),
    });
  }
  const { size } = await stat(path);
  return linesOf({ ...prepared, bytes: size }, path, "\n");
}

/** In JSON a NUL character has to be spelt out. */
const linesOf = (prepared: Prepared, path: string, lineEnd: string): PreparedText => ({
  ...prepared,
  path,
  source: path,
  format: "lines",
  shape: { kind: "lines" },
  lineEnd,
  mayHoldNul: contains(path, "\\u0000"),
});

async function prepareParquet(
  file: LandingFile,
  order: number,
  { database, scratch }: Preparation,
  stop: Stop,
): Promise<PreparedParquet | FileProblem> {
  const path = await readablePath(file, scratch);
  try {
    const columns = await database.all<{ column_name: string; column_type: string }>(
      `describe from ${parquetScan([path])}`,
    );
    const { rows } = await database.one<{ rows: bigint }>(
      `select coalesce(sum(num_rows), 0)::bigint as rows from parquet_file_metadata(${quotePath(path)})`,
    );
    return {
      order,
      name: file.name,
      path,
      bytes: file.bytes,
      format: "parquet",
      columns: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
      rows: Number(rows),
    };
  } catch (error) {
    const failure = engineFailure(error);
    if (!failure) throw error;
    const machine = machineFailure(failure, `reading ${file.name}`, error);
    if (machine) throw machine;
    return stop(`not a whole Parquet file: ${plainWords(failure).replaceAll(/\s*["']\/[^]*?["']/g, "")}`, {
      hint: "was it still being written?",
    });
  }
}

/** What an error while a file is read means for the file. What is not about the file is raised again. */
function readingFailure(error: unknown): [string, { hint: string }] {
  if (error instanceof DamagedArchive) {
    return [`not a whole gzip file: ${error.message}`, { hint: "was it still being written?" }];
  }
  switch ((error as NodeJS.ErrnoException).code) {
    case "EACCES":
    case "EPERM":
      return ["cannot be read: permission denied", { hint: "let this user read it" }];
    case "ENOENT":
      return ["is gone since it was listed", { hint: "run again" }];
    case "EISDIR":
      return ["is not a file", { hint: "narrow the pattern to files" }];
    case "EIO":
      return ["cannot be read: the disk reports an error", { hint: "copy it from where it came from again" }];
    default:
      throw error;
  }
}

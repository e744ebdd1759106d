/**
 * The exact pass over a batch in which something was refused: one row after the other, every refused record
 * with all its reasons, each file counted on its own. It also proves the fast pass right, or tells that it
 * was not.
 */
import type { WrittenFile } from "../engine.ts";
import { quarantineColumns, sourceFileColumn } from "../engine.ts";
import type { RecordCounts } from "../../graph/delivery.ts";
import type { ContractColumn } from "./contract.ts";
import type { Database } from "./database.ts";
import { constraintsOf, guardOf } from "./duplicates.ts";
import { gate, openLines } from "./gate-tables.ts";
import { judgedRows, type Part } from "./read-batch.ts";
import type { RowAppender } from "./row-appender.ts";
import { type ScanResult, scanText } from "./scan-text.ts";
import { parquetScan } from "./tables.ts";
import { writeParquet } from "./write-parquet.ts";

/** What is known about one file after the exact pass; `undefined` counts do not fit together. */
interface FileCount extends Record<string, unknown> {
  readonly number: number;
  /** Number of the row before the file's first, in the batch. */
  readonly before: bigint;
  /** Rows of the file, counted one after the other. */
  readonly rows: bigint;
  /** Rows that the contract refuses. */
  readonly refused: bigint;
  /** Refused rows that are no records. */
  readonly broken: bigint;
  /** Rows that lost their key to another. */
  readonly lost: bigint;
}

/** The outcome of the exact pass: counts by the place of the file in the delivery. */
export type Verified =
  | { readonly proven: true; readonly counts: ReadonlyMap<number, RecordCounts> }
  | { readonly proven: false; readonly why: string };

/** Accepted rows of a part by landing file. */
export async function acceptedByFile(database: Database, part: Part): Promise<ReadonlyMap<number, number>> {
  const { files } = part.batch;
  if (files.length === 1 && files[0]) return new Map([[files[0].order, part.written.rows]]);
  if (part.written.rows === 0) return new Map();
  const rows = await database.all<{ number: number; rows: bigint }>(`
    select f.number, a.rows from (
      select ${sourceFileColumn} as name, count(*) as rows from ${parquetScan([part.written.path])} group by all
    ) a join ${gate.files} f using (name)`);
  return new Map(rows.map(({ number, rows: count }) => [number, Number(count)]));
}

/**
 * Find the refused rows of a part and where they stand, and count. `number` is the part's, as the table of
 * losers has it; `surveys` are of files that were read record by record before.
 */
export async function verify(
  database: Database,
  part: Part,
  number: number,
  columns: readonly ContractColumn[],
  surveys: ReadonlyMap<number, ScanResult>,
): Promise<Verified> {
  await collectSeen(database, part, number, columns);
  const accepted = await acceptedByFile(database, part);
  const counted = new Map((await countFiles(database)).map((count) => [count.number, count]));
  const counts = new Map<number, RecordCounts>();
  using lines = await openLines(database);
  for (const file of part.batch.files) {
    const count = counted.get(file.order);
    const rows = Number(count?.rows ?? 0);
    const refused = Number(count?.refused ?? 0);
    const lost = Number(count?.lost ?? 0);
    const fine = accepted.get(file.order) ?? 0;
    const survey = surveys.get(file.order);
    if (fine + refused !== rows) {
      return {
        proven: false,
        why: `${file.name} has ${rows} rows, but ${fine} were accepted and ${refused} refused`,
      };
    }
    // Counted without the engine: by the footer of a Parquet file, by the lines of a text.
    const delivered =
      file.format === "parquet"
        ? file.rows
        : refused + lost > 0
          ? await locate(database, file, Number(count?.before ?? 0), lines)
          : (survey?.records ?? rows);
    if (delivered !== rows) {
      return { proven: false, why: `${file.name} has ${delivered} records, but ${rows} were read` };
    }
    const broken = Number(count?.broken ?? 0);
    const cutOut = survey?.broken ?? 0;
    counts.set(file.order, {
      received: rows + cutOut,
      accepted: fine - lost,
      quarantined: refused - broken + lost,
      rejected: broken + cutOut,
    });
  }
  const found = [...counted.values()].reduce((sum, count) => sum + Number(count.lost), 0);
  const losers = await database.one<{ rows: bigint }>(
    `select count(*) as rows from ${gate.losers} where part = ${number}`,
  );
  if (found !== Number(losers.rows)) {
    return { proven: false, why: `${losers.rows} duplicates were accepted, but ${found} were found again` };
  }
  lines.flush();
  return { proven: true, counts };
}

async function collectSeen(
  database: Database,
  part: Part,
  number: number,
  columns: readonly ContractColumn[],
): Promise<void> {
  const { sql, scan, contract, fine } = judgedRows(part.batch, columns);
  const isRecord = scan.breaks ? "broken is null" : "true";
  const reasons = scan.breaks
    ? `case when broken is null then ${contract.reasons} else [broken] end`
    : contract.reasons;
  // Judged before anything else, so that the values themselves go no further; but a Parquet file has no lines to
  // look at again, so its rows do, as far as they may have lost a key.
  const guard = guardOf(
    constraintsOf(columns),
    (name) => `v${columns.findIndex((column) => column.name === name)}`,
  );
  const rows = `
    select ${scan.raw === undefined ? "path, fine" : "rows.*"}, ${isRecord} as is_record, ${guard} as guard,
      case when fine then null else ${reasons} end as reasons
    from (select *, case when ${fine} then true else false end as fine from (${sql})) rows`;
  const raw =
    scan.raw === undefined
      ? "null::varchar"
      : `case when fine and l.row is null then null else ${scan.raw} end`;
  const collect = `
    create or replace temp table ${gate.seen} as
    select path, n, starts, ends, fine, l.row is not null as lost, is_record,
      coalesce(l.reasons, rows.reasons) as reasons, ${raw} as raw
    from (
      select *, row_number() over () as n,
        lag(path) over () is distinct from path as starts,
        lead(path) over () is distinct from path as ends,
        case when fine then cast(sum(case when fine then 1 else 0 end)
          over (rows between unbounded preceding and current row) as bigint) end as accepted
      from (${rows})
    ) rows
    left join (select * from ${gate.losers} where part = ${number}) l
      on rows.accepted = l.row and rows.guard = l.guard
    where not fine or starts or ends or l.row is not null`;
  await database.asWritten(() => database.run(collect));
}

/** What the exact pass saw of each file, by its own count: the fast pass is what it proves. */
async function countFiles(database: Database): Promise<FileCount[]> {
  return database.all<FileCount>(`
    select f.number, (min(n) - 1)::bigint as before, (max(n) - min(n) + 1)::bigint as rows,
      count(case when not fine then 1 end) as refused,
      count(case when not is_record then 1 end) as broken,
      count(case when lost then 1 end) as lost
    from ${gate.seen} join ${gate.files} f using (path) group by all`);
}

/** Find the lines of a file's refused records. Returns how many records the file has. */
async function locate(
  database: Database,
  file: Extract<Part["batch"]["files"][number], { readonly format: "csv" | "lines" }>,
  before: number,
  lines: RowAppender,
): Promise<number> {
  const reader = await database.connection.runAndReadAll(`
    select n - ${before} from ${gate.seen} join ${gate.files} using (path)
    where number = ${file.order} and reasons is not null order by n`);
  const wanted = reader.getColumns()[0]?.map(Number) ?? [];
  const { records } = await scanText(file.source, file.shape, {
    wanted: wanted.values(),
    onWanted: (record, line, raw) => lines.add([file.order, BigInt(record), BigInt(line), raw]),
  });
  return records;
}

/** Write the refused records of a batch, in the order of files and positions. */
export async function writeQuarantine(
  database: Database,
  part: Part,
  counts: ReadonlyMap<number, RecordCounts>,
  output: string,
): Promise<WrittenFile> {
  const numbers = [...counts.keys()].join(", ");
  const outcome = "case when is_record then 'quarantined' else 'rejected' end";
  const starts = `select path, min(n) - 1 as before from ${gate.seen} group by path`;
  const isText = part.batch.files[0]?.format !== "parquet";
  const query = `
    select f.name as file, q.position, q.outcome, q.reasons, q.raw from (
      select f.number, ${isText ? "l.position" : "s.n - b.before as position"}, ${outcome} as outcome, s.reasons,
        ${isText ? "l.raw" : "s.raw"} as raw
      from ${gate.seen} s join ${gate.files} f using (path) join (${starts}) b using (path)
      ${isText ? `join ${gate.lines} l on l.number = f.number and l.record = s.n - b.before` : ""}
      where s.reasons is not null
      union all
      select number, position, 'rejected', [reason], raw from ${gate.broken} where number in (${numbers})
    ) q join ${gate.files} f using (number) order by number, position`;
  return writeParquet(database, query, quarantineColumns, output);
}

/** Write a part again without the rows that lost their key. */
export async function withoutLosers(
  database: Database,
  part: Part,
  number: number,
  output: string,
): Promise<WrittenFile> {
  const kept = `
    select * exclude (file_row_number) from ${parquetScan([part.written.path], ", file_row_number = true")}
    where file_row_number + 1 not in (select row from ${gate.losers} where part = ${number})`;
  return writeParquet(database, kept, part.written.columns, output);
}

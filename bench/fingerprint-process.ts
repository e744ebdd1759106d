/**
 * The neutral referee: one process of its own that reads what contenders left and says what is in it, whatever
 * the order of rows. Usage: node fingerprint-process.ts <job.json>; prints fingerprints as JSON.
 */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import type { FingerprintJob } from "./fingerprint.ts";
import type { Fingerprint } from "./same-work.ts";

const job = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as FingerprintJob;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const name = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/** One value per meaning: whole numbers, decimals and floating point compare equal whatever their width. */
function canonical(column: string, type: string): string {
  if (/^(U?(TINY|SMALL|BIG)?INT(EGER)?)$/.test(type)) return `${name(column)}::hugeint`;
  if (/^(DECIMAL|U?HUGEINT)/.test(type)) return `${name(column)}::decimal(38,6)`;
  if (/^(FLOAT|DOUBLE)$/.test(type)) return `round(${name(column)}::double, 6)`;
  if (type.startsWith("TIMESTAMP")) return `${name(column)}::timestamp`;
  return name(column);
}

/** Files as one table, without the rows that do not count. */
function filesAsSql(files: readonly string[], without: Readonly<Record<string, readonly string[]>>): string {
  const whole = files.filter((file) => without[file] === undefined);
  const scans = whole.length === 0 ? [] : [`from read_parquet([${whole.map(text).join(", ")}])`];
  for (const file of files) {
    const gone = without[file];
    if (gone !== undefined)
      scans.push(`from read_parquet(${text(file)}) where sluice_file not in (${gone.map(text).join(", ")})`);
  }
  return `(${scans.join(" union all by name ")})`;
}

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run("set timezone = 'UTC'");
if (job.database)
  await connection.run(`attach ${text(job.database.file)} as ${name(job.database.catalog)} (read_only)`);
const prints: Record<string, Fingerprint> = {};
for (const [dataset, output] of Object.entries(job.outputs)) {
  const from =
    "files" in output
      ? filesAsSql(output.files, output.without ?? {})
      : `${name(job.database?.catalog ?? "")}.${output.table.split(".").map(name).join(".")}`;
  const described = (
    await connection.runAndReadAll(`select column_name, column_type from (describe from ${from})`)
  ).getRows();
  const columns = described.map(([column, type]) => [String(column), String(type)] as const);
  const compared = columns
    .filter(([column]) => !job.ignored.includes(column))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hash = `sum(hash(${compared.map(([column, type]) => canonical(column, type)).join(", ")})::hugeint)::varchar`;
  const row =
    (await connection.runAndReadAll(`select count(*), coalesce(${hash}, '0') from ${from}`)).getRows()[0] ??
    [];
  prints[dataset] = {
    rows: Number(row[0]),
    hash: `${String(row[1])} over ${compared.map(([column]) => column).join(", ")}`,
  };
}
console.log(JSON.stringify(prints));

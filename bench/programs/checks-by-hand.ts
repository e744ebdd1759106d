/**
 * The checks of workload (d) as people write them: one query for each, or one scan that counts all rules about rows and a
 * query for each other check. Usage: node checks-by-hand.ts <table.json> <times> <queries | scan>
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DuckDBInstance } from "@duckdb/node-api";
import { checkSql, offendingRow } from "../generate/check-sql.ts";
import { tableChecks, type WrittenTable } from "../generate/check-table.ts";
import { tell, timed } from "./stopwatch.ts";

const [file = "", times = "", form = ""] = process.argv.slice(2);
const { path } = JSON.parse(readFileSync(file, "utf8")) as WrittenTable;
const instance = await DuckDBInstance.create(":memory:", {
  memory_limit: "4GB",
  threads: String(availableParallelism()),
});
const connection = await instance.connect();
await connection.run("set parquet_metadata_cache = true; create schema shop");
await connection.run(`create view shop.lines as from read_parquet('${path.replaceAll("'", "''")}')`);
const rowOf = async (sql: string): Promise<readonly number[]> =>
  ((await connection.runAndReadAll(sql)).getRows()[0] ?? []).map(Number);

async function ask(): Promise<Readonly<Record<string, number>>> {
  const facts: Record<string, number> = {};
  const scanned = form === "scan" ? tableChecks.filter(({ spec }) => offendingRow(spec) !== undefined) : [];
  if (scanned.length > 0) {
    const counts = scanned.map(({ spec }) => `count(case when ${offendingRow(spec)} then 1 end)`);
    const row = await rowOf(`select ${counts.join(", ")} from shop.lines`);
    for (const [at, { id }] of scanned.entries()) facts[id] = row[at] ?? 0;
  }
  for (const check of tableChecks)
    if (!(check.id in facts)) facts[check.id] = (await rowOf(checkSql(check)))[0] ?? 0;
  return facts;
}

const milliseconds: number[] = [];
let facts: Readonly<Record<string, number>> = {};
for (let time = 0; time < Number(times); time++)
  milliseconds.push(await timed(async () => void (facts = await ask())));
connection.closeSync();
tell({ milliseconds, facts });

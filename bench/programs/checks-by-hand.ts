/**
 * The checks of workload (d) as people write them: one query for each, the same queries in one statement, or one scan with
 * an aggregate for each. Usage: node checks-by-hand.ts <table.json> <times> <queries | statement | scan>
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DuckDBInstance } from "@duckdb/node-api";
import { checkAggregate, checkSql } from "../generate/check-sql.ts";
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

/** Values in their order, told by the checks that they answer. */
const told = (values: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(tableChecks.map(({ id }, at) => [id, values[at] ?? Number.NaN]));

const forms: Readonly<Record<string, () => Promise<Readonly<Record<string, number>>>>> = {
  async queries() {
    const values: number[] = [];
    for (const check of tableChecks) values.push((await rowOf(checkSql(check)))[0] ?? Number.NaN);
    return told(values);
  },
  async statement() {
    const all = tableChecks.map((check, at) => `select ${at} as n, (${checkSql(check)}) as value`);
    const rows = (await connection.runAndReadAll(all.join(" union all "))).getRows();
    return told(rows.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => Number(value)));
  },
  async scan() {
    const values = await rowOf(`select ${tableChecks.map(checkAggregate).join(", ")} from shop.lines`);
    return told(values);
  },
};
const ask = forms[form];
if (ask === undefined) throw new Error(`there is no form "${form}"`);

const milliseconds: number[] = [];
let facts: Readonly<Record<string, number>> = {};
for (let time = 0; time < Number(times); time++)
  milliseconds.push(await timed(async () => void (facts = await ask())));
connection.closeSync();
tell({ milliseconds, facts });

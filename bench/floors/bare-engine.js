/**
 * The floor of building: the same SQL and the same Parquet in the bare engine, in one process, one statement
 * after the other with all threads. No journal, no audit, no publishing. Plain JavaScript, so that the floor
 * does not pay for type stripping. Usage: node bare-engine.js <job.json>; see `BareJob` in job.ts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { walk } from "./walk.js";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const text = (value) => `'${value.replaceAll("'", "''")}'`;
const name = (value) =>
  value
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");

if (job.walk !== undefined) walk(job.walk);
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const know = async (table, files) => {
  await connection.run(`create schema if not exists ${name(table.split(".")[0])}`);
  await connection.run(`create view ${name(table)} as from read_parquet([${files.map(text).join(", ")}])`);
};
for (const setting of job.settings) await connection.run(setting);
for (const { table, files } of job.inputs) await know(table, files);
for (const { table, sql, output } of job.steps) {
  await connection.run(`copy (${sql}) to ${text(output)} (${job.parquet})`);
  await know(table, [output]);
}
if (job.checks) {
  const values = {};
  for (const { id, sql } of job.checks)
    values[id] = Number((await connection.runAndReadAll(sql)).getRows()[0][0]);
  writeFileSync(job.answers, JSON.stringify(values));
}

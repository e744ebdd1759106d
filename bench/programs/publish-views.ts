/**
 * Publishing as tools without a store do it: a transaction that replaces one view for each dataset, in an engine file.
 * Usage: node publish-views.ts <file> <datasets> <times>
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { datasetName, versionName } from "./filled-store.ts";
import { tell, timed } from "./stopwatch.ts";

const [file = "", datasets = "", times = ""] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
await connection.run("create schema shop");
for (const edition of [0, 1]) {
  for (let dataset = 0; dataset < Number(datasets); dataset++)
    await connection.run(`create table "${versionName(dataset, edition)}" as select 1 as id`);
}
const milliseconds: number[] = [];
for (let release = 0; release < Number(times); release++) {
  milliseconds.push(
    await timed(async () => {
      await connection.run("begin");
      for (let dataset = 0; dataset < Number(datasets); dataset++)
        await connection.run(
          `create or replace view ${datasetName(dataset)} as from "${versionName(dataset, release % 2)}"`,
        );
      await connection.run("commit");
    }),
  );
}
connection.closeSync();
tell({ milliseconds });

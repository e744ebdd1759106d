/**
 * The floor of publishing: one durable transaction of bare SQLite that moves as many pointers, writes down as many
 * moves and one release. It checks nothing and knows no leases. Usage: node publish-sqlite.ts <file> <datasets> <times>
 */
import { DatabaseSync } from "node:sqlite";
import { datasetName, versionName } from "./filled-store.ts";
import { tell, timed } from "./stopwatch.ts";

const [file = "", datasets = "", times = ""] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec("pragma journal_mode = wal");
database.exec("pragma synchronous = full");
database.exec(`create table pointers (dataset text primary key, version text not null) strict, without rowid;
  create table moves (number integer not null, dataset text not null, version text not null, primary key (number, dataset)) strict, without rowid;
  create table releases (number integer primary key, at text not null) strict`);
const milliseconds: number[] = [];
for (let release = 0; release < Number(times); release++) {
  const moves = JSON.stringify(
    Array.from({ length: Number(datasets) }, (_, dataset) => [
      datasetName(dataset),
      versionName(dataset, release % 2),
    ]),
  );
  milliseconds.push(
    await timed(async () => {
      database.exec("begin immediate");
      database
        .prepare(
          `insert into pointers select value ->> 0, value ->> 1 from json_each(?) where true
           on conflict (dataset) do update set version = excluded.version`,
        )
        .run(moves);
      database
        .prepare("insert into moves select ?, value ->> 0, value ->> 1 from json_each(?)")
        .run(release, moves);
      database.prepare("insert into releases values (?, ?)").run(release, new Date().toISOString());
      database.exec("commit");
    }),
  );
}
database.close();
tell({ milliseconds });

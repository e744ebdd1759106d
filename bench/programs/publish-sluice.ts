/**
 * Publishes many datasets at once, again and again, and tells how long each publication took; or rolls them back.
 * Usage: node publish-sluice.ts <store> <datasets> <times> publish|rollback
 */
import { rollback } from "../../src/run/rollback.ts";
import type { Ports } from "../../src/run/ports.ts";
import { alive, holder } from "../../src/testing/store-fixtures.ts";
import { environment, fill, moveTo, openStore } from "./filled-store.ts";
import { tell, timed } from "./stopwatch.ts";

const [address = "", datasets = "", times = "", what = ""] = process.argv.slice(2);
const store = await openStore(address);
const all = Array.from({ length: Number(datasets) }, (_, dataset) => dataset);
const lease = await fill(store, all.length, 2);
const milliseconds: number[] = [];
for (let release = 0; release < Number(times); release++) {
  const publication = moveTo(all, release % 2, release);
  milliseconds.push(await timed(() => store.publish(lease, publication)));
}
if (what === "rollback") {
  milliseconds.length = 0;
  await store.yield(lease);
  // What of the ports a rollback needs; the lease is taken and given back within the time.
  const ports = {
    store,
    now: () => new Date(),
    holder: holder(process.pid),
    isAlive: alive,
    signsOfLife: { every: 5000, silence: 30_000 },
  } as unknown as Ports;
  for (let turn = 0; turn < Number(times); turn++) {
    milliseconds.push(await timed(() => rollback(ports, { environment, who: "maria", why: "benchmark" })));
  }
}
await store.close();
tell({ milliseconds });

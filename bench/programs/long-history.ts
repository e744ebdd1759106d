/**
 * Publishes a long history of small releases, then reads the pointers of any of them, in no order.
 * Usage: node long-history.ts <store> <datasets> <releases> <moves of each release> <reads>
 */
import { randomNumbers } from "../statistics.ts";
import { datasetName, environment, fill, moveTo, openStore, versionName } from "./filled-store.ts";
import { quantile, tell, timed } from "./stopwatch.ts";

const [address = "", ...numbers] = process.argv.slice(2);
const [datasets = 0, releases = 0, moves = 0, reads = 0] = numbers.map(Number);
const random = randomNumbers(1);
const store = await openStore(address);
const lease = await fill(store, datasets, 2);
const all = Array.from({ length: datasets }, (_, dataset) => dataset);
let release = await store.publish(lease, moveTo(all, 0, 0));
const publishing: number[] = [];
/** The release before which a dataset was last in another edition, to check what is read. */
const editions: number[] = all.map(() => 0);
const middle = Math.floor(releases / 2);
let known: readonly number[] = [];
while (release < releases) {
  const moved = Array.from({ length: moves }, () => Math.floor(random() * datasets));
  const edition = release % 2;
  for (const dataset of moved) editions[dataset] = edition;
  const publication = moveTo(moved, edition, release);
  publishing.push(await timed(async () => void (release = await store.publish(lease, publication))));
  if (release === middle) known = [...editions];
}
const found = await store.pointers(environment, middle);
for (const dataset of all) {
  const name = datasetName(dataset);
  if (found.get(name)?.version !== versionName(dataset, known[dataset] ?? 0))
    throw new Error(`release ${middle} points somewhere else for ${name}`);
}
const milliseconds: number[] = [];
for (let read = 0; read < reads; read++) {
  const number = 1 + Math.floor(random() * release);
  milliseconds.push(await timed(() => store.pointers(environment, number)));
}
await store.close();
const tenth = Math.floor(publishing.length / 10);
tell({
  milliseconds,
  facts: {
    "publish ms, first tenth": quantile(publishing.slice(0, tenth), 0.5),
    "publish ms, last tenth": quantile(publishing.slice(-tenth), 0.5),
  },
});

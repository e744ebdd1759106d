/**
 * Readers that ask a hundred times a second where an environment points, while releases are published, or while nobody
 * writes. Without a pause more readers than processors would measure how the machine shares its processors among them.
 * Every answer has to be one release: all of its datasets in one edition.
 * Usage: node read-pointers.ts <store> <readers> <datasets> <seconds> publishing|idle
 */
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { environment, fill, moveTo, openStore } from "./filled-store.ts";
import { quantile, tell } from "./stopwatch.ts";

interface Task {
  readonly address: string;
  readonly seconds: number;
}

if (isMainThread) await main();
else await read(workerData as Task);

async function main(): Promise<void> {
  const [address = "", readers = "", datasets = "", seconds = "", what = ""] = process.argv.slice(2);
  const store = await openStore(address);
  const all = Array.from({ length: Number(datasets) }, (_, dataset) => dataset);
  const lease = await fill(store, all.length, 2);
  let release = await store.publish(lease, moveTo(all, 0, 0));
  const task: Task = { address, seconds: Number(seconds) };
  const workers = Array.from(
    { length: Number(readers) },
    () => new Worker(new URL(import.meta.url), { workerData: task }),
  );
  let busy = true;
  const answers = workers.map(
    (worker) =>
      new Promise<{ readonly times: Float64Array; readonly mixed: number }>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      }),
  );
  const reading = Promise.all(answers).finally(() => (busy = false));
  while (busy && what === "publishing") {
    release = await store.publish(lease, moveTo(all, release % 2, release));
    // Ten releases a second are more than anybody publishes, and leave the machine to the readers.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const told = await reading;
  await store.close();
  const times = told.flatMap((one) => [...one.times]);
  const mixed = told.reduce((sum, one) => sum + one.mixed, 0);
  tell({ milliseconds: [quantile(times, 0.99)], facts: { reads: times.length, mixed, releases: release } });
}

async function read({ address, seconds }: Task): Promise<void> {
  const store = await openStore(address);
  const times: number[] = [];
  let mixed = 0;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    // At random, so that readers do not stay in step with each other or with the writer.
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 10));
    const started = performance.now();
    const pointers = await store.pointers(environment);
    times.push(performance.now() - started);
    const editions = new Set([...pointers.values()].map(({ version }) => version.split("-").at(-1)));
    if (editions.size !== 1) mixed += 1;
  }
  await store.close();
  parentPort?.postMessage({ times: Float64Array.from(times), mixed });
}

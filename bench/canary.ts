/**
 * A fixed piece of arithmetic on every core at once, timed before and after each round: if the machine
 * itself got slower or faster meanwhile, the round says more about the neighbours than about us.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { median } from "./statistics.ts";

/** Seconds the fixed work took. */
export interface Canary extends AsyncDisposable {
  sing(): Promise<number>;
}

/** Steps of the loop: about a tenth of a second on a core of 2.5 GHz. */
const steps = 60_000_000;

/** Start one thread for each core; between songs they sleep. */
export async function startCanary(threads = availableParallelism()): Promise<Canary> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL("./canary-thread.ts", import.meta.url)),
  );
  const once = async (): Promise<number> => {
    const start = performance.now();
    await Promise.all(workers.map(sing));
    return (performance.now() - start) / 1000;
  };
  await once();
  return {
    sing: async () => median([await once(), await once(), await once()]),
    [Symbol.asyncDispose]: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

function sing(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", () => {
      worker.off("error", reject);
      resolve();
    });
    worker.postMessage(steps);
  });
}

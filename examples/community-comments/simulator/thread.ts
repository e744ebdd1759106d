/** A simulation in a thread of its own, whose young generation is kept small: see `simulateInThread`. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { simulate, type SimulateOptions, type SimulationSummary } from "../simulate.ts";

/**
 * The same as `simulate`, but within 200 MB for the whole process, whatever the size: the engine would
 * otherwise let the short-lived strings of ten million comments take three times 32 MB before it clears them.
 */
export async function simulateInThread(options: SimulateOptions): Promise<SimulationSummary> {
  const worker = new Worker(import.meta.filename, { workerData: options, resourceLimits: { maxYoungGenerationSizeMb: 12 } });
  const [summary] = (await once(worker, "message")) as [SimulationSummary];
  return summary;
}

if (!isMainThread) parentPort?.postMessage(await simulate(workerData as SimulateOptions));

/** The entry of a worker thread that runs one simulation and answers with its summary. */
import { parentPort, workerData } from "node:worker_threads";
import { simulate, type SimulateOptions } from "./simulation.ts";

parentPort?.postMessage(await simulate(workerData as SimulateOptions));

import { Worker } from "node:worker_threads";

/** How often the watch looks, in milliseconds. */
const interval = 500;

/** Runs beside code that may never return: it needs nothing from the thread that is stuck. */
const watch = `
const { workerData: { parent, interval } } = require("node:worker_threads");
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, interval);
`;

let watching = false;

/**
 * End this process when the one that started it is gone, even while code of the user's keeps this thread
 * busy for ever and the closed channel goes unnoticed.
 */
export function dieWithParent(): void {
  if (watching) return;
  watching = true;
  new Worker(watch, { eval: true, workerData: { parent: process.ppid, interval } }).unref();
}

/** One thread of the canary: a loop of as many steps as it is told, on one core, without memory or system calls. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (steps: number) => {
  let state = 1;
  for (let step = 0; step < steps; step++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  parentPort?.postMessage(state);
});

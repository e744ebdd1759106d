import { setFlagsFromString } from "node:v8";

/**
 * Have garbage of this process collected more often. Left alone, V8 gives 128 MB to young objects where many are made,
 * and lets old ones grow to a multiple of what is alive: half of what the compilation of a large project takes. There
 * is no other way to say so to a process that runs.
 */
export function saveMemory(): void {
  setFlagsFromString("--semi-space-growth-factor=1 --heap-growing-percent=25");
}

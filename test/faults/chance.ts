/** Chance that can be had again: the seed is printed, and taken from SLUICE_FAULT_SEED where that is set. */
import { createHash } from "node:crypto";

/** The seed of this test run. */
export const seed = Number(process.env["SLUICE_FAULT_SEED"] ?? Math.floor(Math.random() * 1e9));

/** How many random faults each kind gets: SLUICE_FAULT_RUNS, else few. */
export const faultRuns = Number(process.env["SLUICE_FAULT_RUNS"] ?? 6);

/** So many numbers from 0 up to 1, the same for the same seed and purpose. */
export function chances(purpose: string, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const digest = createHash("sha256").update(`${seed} ${purpose} ${index}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  });
}

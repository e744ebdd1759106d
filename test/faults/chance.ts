/** Chance that can be had again: the seed is printed, and taken from SLUICE_FAULT_SEED where that is set. */
import { createHash } from "node:crypto";

/** The seed of this test run. */
export const seed = Number(process.env["SLUICE_FAULT_SEED"] ?? Math.floor(Math.random() * 1e9));

/** How many random faults each kind gets: SLUICE_FAULT_RUNS, else few. */
export const faultRuns = Number(process.env["SLUICE_FAULT_RUNS"] ?? 6);

/** So many numbers from 0 up to 1, the same for the same seed and purpose. */
export function chances(purpose: string, count: number, of: number = seed): number[] {
  return Array.from({ length: count }, (_, index) => {
    const digest = createHash("sha256").update(`${of} ${purpose} ${index}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  });
}

/** A die with any number of sides: the result lies from 0 up to it. */
export type Roll = (sides: number) => number;

/** Numbers that never end, from the seed. */
export function dice(purpose: string, of: number = seed): Roll {
  let drawn: number[] = [];
  let round = 0;
  return (sides) => {
    if (drawn.length === 0) drawn = chances(`${purpose} ${(round += 1)}`, 100, of);
    return Math.floor((drawn.pop() ?? 0) * sides);
  };
}

/** One of several, each as likely as its weight. */
export function pick<T extends { readonly weight: number }>(roll: Roll, from: readonly T[]): T {
  const sum = from.reduce((all, { weight }) => all + weight, 0);
  let left = roll(sum);
  const found = from.find(({ weight }) => (left -= weight) < 0);
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}

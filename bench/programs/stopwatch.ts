/** How the programs of this folder tell what they measured: one line of JSON on the standard output. */

/** Milliseconds of every repetition, and what else a reader needs to judge them. */
export interface Times {
  readonly milliseconds: readonly number[];
  readonly facts?: Readonly<Record<string, number>>;
}

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

export const tell = (times: Times): void => void process.stdout.write(`${JSON.stringify(times)}\n`);

/** What one of these programs told. Errors: it told nothing. */
export function parseTimes(stdout: string): Times {
  const times = JSON.parse(stdout.trim() || "null") as Times | null;
  if (!times || times.milliseconds.length === 0) throw new Error("the program told no times");
  return times;
}

/** The value that a share of the values do not exceed (nearest rank). Errors: none given. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("there is no quantile of no values");
  return value;
}

import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  /** Milliseconds after which the last error is final. */
  readonly patience: number;
  /** Milliseconds of the first and of the longest pause. */
  readonly pause: readonly [first: number, longest: number];
  /** Whether the same action may go well in a moment. */
  readonly isPassing: (error: unknown) => boolean;
}

/** Try again while something is in the way. Errors: the action's own, once they are final. */
export async function patiently<T>(
  action: () => Promise<T>,
  { patience, pause: [first, longest], isPassing }: Patience,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (let wait = first; ; wait = Math.min(wait * 2, longest)) {
    try {
      return await action();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      // At random, so that processes which wait for each other do not stay in step.
      await sleep(wait * (0.5 + Math.random()));
    }
  }
}

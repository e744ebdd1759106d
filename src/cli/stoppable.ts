import { exitCode } from "../errors.ts";
import type { Shell } from "./shell.ts";

/** What is said when somebody presses Ctrl-C. */
export interface Stopping {
  /** The first time: the work ends cleanly. */
  readonly onStopping: () => void;
  /** The second time: the process ends at once. */
  readonly onLeaving: () => void;
}

/** Work that stops cleanly at the first Ctrl-C, and at once at the second. */
export async function stoppable<T>(
  shell: Shell,
  stopping: Stopping,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => {
    if (stop.signal.aborted) {
      stopping.onLeaving();
      shell.leave(exitCode.interrupted);
    }
    stop.abort();
    stopping.onStopping();
  });
  return await work(stop.signal);
}

import { SluiceError } from "../errors.ts";

/**
 * Wait for all, then raise the error that stopped the others rather than one of theirs. Errors: `interrupted` where the
 * signal fired.
 */
export async function allOrFirstError(
  promises: readonly Promise<void>[],
  signal: AbortSignal,
): Promise<void> {
  const ends = await Promise.allSettled(promises);
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length === 0) return;
  const interrupted = (error: unknown): boolean =>
    error instanceof SluiceError && error.code === "interrupted";
  if (signal.aborted)
    throw new SluiceError("interrupted", "the run was stopped before it published anything", {
      hint: "what was built is kept: sluice run goes on from there",
    });
  throw errors.find((error) => !interrupted(error)) ?? errors[0];
}

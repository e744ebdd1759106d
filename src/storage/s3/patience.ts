import type { S3ClientConfig } from "@aws-sdk/client-s3";

type Strategy = Extract<
  Exclude<S3ClientConfig["retryStrategy"], undefined>,
  { acquireInitialRetryToken: unknown }
>;
type Token = Awaited<ReturnType<Strategy["acquireInitialRetryToken"]>>;

/** Milliseconds of the first pause, and of the longest. */
const pause = { first: 100, longest: 5000 };

/** What a wrong address looks like; waiting long for a name to appear in the network helps nobody. */
const unknownHosts: ReadonlySet<unknown> = new Set(["ENOTFOUND"]);
const attemptsForNames = 4;

/**
 * How often a request is sent again: for as long as the patience lasts, in milliseconds, where the server is away, fails
 * or asks to slow down; not at all where it refuses. The library's own way counts attempts, and so gives up sooner the
 * more files are on their way.
 */
export function patient(patience: number): Strategy {
  const deadlines = new WeakMap<Token, number>();
  const token = (count: number, delay: number, deadline: number): Token => {
    const made: Token = { getRetryCount: () => count, getRetryDelay: () => delay };
    deadlines.set(made, deadline);
    return made;
  };
  return {
    acquireInitialRetryToken: async () => token(0, 0, performance.now() + patience),
    async refreshRetryTokenForRetry(last, { errorType, error, retryAfterHint }) {
      const deadline = deadlines.get(last) ?? 0;
      const count = last.getRetryCount() + 1;
      const isName = unknownHosts.has((error as { readonly code?: unknown } | undefined)?.code);
      const isFinal = errorType === "CLIENT_ERROR" || performance.now() > deadline;
      if (isFinal || (isName && count >= attemptsForNames)) throw new Error("no more attempts");
      const wait = Math.min(pause.first * 2 ** (count - 1), pause.longest);
      const asked = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now();
      // At random, so that workers that were turned away together do not come back together.
      const delay = Math.min(Math.max(wait * (0.5 + Math.random()), asked), pause.longest * 2);
      return token(count, delay, deadline);
    },
    recordSuccess: () => undefined,
  };
}

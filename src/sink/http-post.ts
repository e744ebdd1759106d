import type { Letter, Receipt } from "./sink.ts";

/** What is worth trying again: the server is busy, or not well. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Send one document by POST. Redirects are not followed: they may lead anywhere, also into the network that this
 * machine stands in. Never rejects.
 */
export async function httpPost(
  { url, headers, body, timeout }: Letter,
  stop?: AbortSignal,
): Promise<Receipt> {
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers,
      signal: stop === undefined ? limit : AbortSignal.any([stop, limit]),
    });
    await response.body?.cancel();
    if (response.ok) return { delivered: true };
    const { status } = response;
    const why =
      status >= 300 && status < 400
        ? `it answered ${status}, a redirect, which is not followed`
        : `it answered ${status}`;
    return { delivered: false, again: passing(status), why };
  } catch (error) {
    return { delivered: false, again: stop?.aborted !== true, why: reasonOf(error, timeout) };
  }
}

/** Why a request did not come through, in words without anything of the request. */
function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return "it could not be reached";
  if (error.name === "TimeoutError") return `it did not answer within ${timeout / 1000} s`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? `it could not be reached (${code})` : "it could not be reached";
}

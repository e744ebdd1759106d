import type { Letter, Receipt } from "./sink.ts";

/** What is worth trying again: the server is busy, or not well. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Send one document by POST. Redirects are not followed: they may lead anywhere, also into the network that this
 * machine stands in. A login in the address is sent as one. Never rejects.
 */
export async function httpPost(
  { url, headers, body, timeout }: Letter,
  stop?: AbortSignal,
): Promise<Receipt> {
  const limit = AbortSignal.timeout(timeout);
  const target = withoutLogin(url);
  if (target === undefined) {
    return { delivered: false, again: true, why: 'its login is not written as in an address ("%" as "%25")' };
  }
  try {
    const response = await fetch(target.url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { ...target.headers, ...headers },
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

/** An address without the login that `fetch` refuses in it, and that login as a header. */
function withoutLogin(
  url: URL,
): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } | undefined {
  const { username, password } = url;
  if (username === "" && password === "") return { url, headers: {} };
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  try {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { url: bare, headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` } };
  } catch {
    return undefined;
  }
}

/** Why a request did not come through, in words without anything of the request. */
function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return "it could not be reached";
  if (error.name === "TimeoutError") return `it did not answer within ${timeout / 1000} s`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? `it could not be reached (${code})` : "it could not be reached";
}

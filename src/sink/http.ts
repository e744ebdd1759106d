import type { Delivery, Sink } from "./sink.ts";

export interface HttpSinkOptions {
  readonly url: URL;
  /** Sent as a bearer token; never told to anybody else. */
  readonly token?: string | undefined;
  /** Milliseconds that one attempt may take. */
  readonly timeout: number;
  /** Milliseconds to wait before each further attempt. */
  readonly pauses: readonly number[];
  /** Milliseconds that closing may wait for what is on its way. */
  readonly patience: number;
}

/** What is worth trying again: the server is busy, or not well. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * An HTTP endpoint that takes one JSON document per POST, in order. Once a document could not be delivered after
 * all attempts, the rest is not tried: an endpoint that is down costs a run its attempts once.
 */
export function httpSink(options: HttpSinkOptions): Sink {
  const { url, timeout, pauses, patience } = options;
  const stop = new AbortController();
  const waiting: string[] = [];
  let delivered = 0;
  let lost = 0;
  let problem: string | undefined;
  let last = Promise.resolve();

  const attempt = async (
    body: string,
  ): Promise<{ readonly again: boolean; readonly why: string } | undefined> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        redirect: "error",
        headers: {
          "content-type": "application/json",
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        },
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(timeout)]),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      return { again: passing(response.status), why: `it answered ${response.status}` };
    } catch (error) {
      return { again: !stop.signal.aborted, why: reasonOf(error, timeout) };
    }
  };

  const deliver = async (body: string): Promise<void> => {
    for (const pause of [...pauses, undefined]) {
      if (problem !== undefined) break;
      const failed = await attempt(body);
      if (!failed) {
        delivered += 1;
        return;
      }
      if (!failed.again || pause === undefined) problem ??= failed.why;
      else await sleep(pause, stop.signal);
    }
    lost += 1;
  };

  return {
    send: (document) => {
      waiting.push(JSON.stringify(document));
      last = last.then(async () => deliver(waiting.shift() ?? ""));
    },
    close: async (): Promise<Delivery> => {
      const end = setTimeout(() => {
        problem ??= `it took longer than ${patience / 1000} s`;
        stop.abort();
      }, patience);
      await last;
      clearTimeout(end);
      // Neither credentials nor parameters: they may be secret.
      const to = `${url.origin}${url.pathname}`;
      return { delivered, lost, to, ...(problem === undefined ? {} : { problem }) };
    },
  };
}

/** Why a request did not come through, in words without anything of the request. */
function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return "it could not be reached";
  if (error.name === "TimeoutError") return `it did not answer within ${timeout / 1000} s`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? `it could not be reached (${code})` : "it could not be reached";
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

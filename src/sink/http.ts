import { httpPost } from "./http-post.ts";
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

  const headers = {
    "content-type": "application/json",
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };

  const deliver = async (body: string): Promise<void> => {
    for (const pause of [...pauses, undefined]) {
      if (problem !== undefined) break;
      const receipt = await httpPost({ url, headers, body, timeout }, stop.signal);
      if (receipt.delivered) {
        delivered += 1;
        return;
      }
      if (!receipt.again || pause === undefined) problem ??= receipt.why;
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

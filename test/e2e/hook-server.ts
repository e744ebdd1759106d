import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What somebody sent. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a request is answered: with a status, with a redirect, or never. */
export type Answer = number | { readonly redirect: string } | "never";

/** A server that people's alerts go to. */
export interface HookServer extends AsyncDisposable {
  readonly url: string;
  /** What arrived, whether or not it was taken, in its order. */
  readonly received: readonly Received[];
  answer(how: Answer): void;
  /** Called with each request as it arrives. */
  onRequest: (() => void) | undefined;
}

/** Start one on a free port of this machine; it says yes until it is told otherwise. */
export async function hookServer(): Promise<HookServer> {
  const received: Received[] = [];
  let answer: Answer = 200;
  const hook: HookServer = {
    url: "",
    received,
    answer: (how) => {
      answer = how;
    },
    onRequest: undefined,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      hook.onRequest?.();
      if (answer === "never") return;
      if (typeof answer === "number") response.writeHead(answer).end();
      else response.writeHead(302, { location: answer.redirect }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(hook, { url: `http://127.0.0.1:${port}/in` });
}

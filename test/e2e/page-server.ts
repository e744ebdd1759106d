import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A paged HTTP API, such as a social network has: pages are numbered from 1, `next` is null on the last. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** Add a page of records behind the last one. */
  publish(records: readonly unknown[]): void;
  /** Answer with an error for this page until it is told otherwise. */
  fail(page: number | undefined): void;
  /** The pages that were asked for since this was last called, in order. */
  asked(): number[];
}

/** Start a paged API on a free port of this machine. */
export async function pageServer(): Promise<PageServer> {
  const pages: (readonly unknown[])[] = [];
  let asked: number[] = [];
  let broken: number | undefined;
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("page"));
    asked.push(page);
    response.statusCode = page === broken ? 503 : 200;
    const next = page < pages.length ? page + 1 : null;
    response.end(page === broken ? "try later" : JSON.stringify({ records: pages[page - 1] ?? [], next }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/comments`,
    publish: (records) => void pages.push(records),
    fail: (page) => {
      broken = page;
    },
    asked: () => {
      const since = asked;
      asked = [];
      return since;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

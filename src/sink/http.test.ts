import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { httpPost } from "./http-post.ts";
import { httpSink, type HttpSinkOptions } from "./http.ts";

interface Received {
  readonly body: unknown;
  readonly token: string | undefined;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server that answers the requests it gets one after the other; `undefined` never answers. */
async function serve(
  answers: (request: number) => number | undefined,
): Promise<{ url: URL; received: Received[] }> {
  const received: Received[] = [];
  let requests = 0;
  server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const status = answers(requests++);
      if (status === undefined) return;
      if (status < 300) received.push({ body: JSON.parse(text), token: request.headers.authorization });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/api/v1/lineage?secret=parameter`), received };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A sink that does not pause for long. Only a test of silence has limits that a slow machine could reach. */
const sinkTo = (url: URL, more: Partial<HttpSinkOptions> = {}) =>
  httpSink({ url, timeout: 60_000, pauses: [10, 20], patience: 60_000, ...more });

test("documents arrive in order, with the token", async () => {
  const { url, received } = await serve(() => 201);
  const sink = sinkTo(url, { token: "hunter2" });
  for (let n = 0; n < 20; n++) sink.send({ n });
  expect(await sink.close()).toEqual({ delivered: 20, lost: 0, to: `${url.origin}/api/v1/lineage` });
  expect(received.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, (_, n) => ({ n })));
  expect(new Set(received.map(({ token }) => token))).toEqual(new Set(["Bearer hunter2"]));
});

test("a server that is not well is tried again, one that says no is not", async () => {
  const well = await serve((request) => [500, 503, 200][request] ?? 200);
  const patient = sinkTo(well.url);
  patient.send("a");
  patient.send("b");
  expect(await patient.close()).toMatchObject({ delivered: 2, lost: 0 });
  expect(well.received.map(({ body }) => body)).toEqual(["a", "b"]);

  let requests = 0;
  const no = await serve(() => (requests++, 401));
  const refused = sinkTo(no.url, { token: "hunter2" });
  refused.send("a");
  refused.send("b");
  const delivery = await refused.close();
  expect(delivery).toMatchObject({ delivered: 0, lost: 2, problem: "it answered 401" });
  expect(requests).toBe(1);
  expect(JSON.stringify(delivery)).not.toMatch(/hunter2|secret/);
});

test("a server that never answers costs its attempts once", async () => {
  let requests = 0;
  const { url } = await serve(() => void (requests += 1));
  const sink = sinkTo(url, { timeout: 300 });
  for (let n = 0; n < 50; n++) sink.send({ n });
  expect(await sink.close()).toMatchObject({
    delivered: 0,
    lost: 50,
    problem: "it did not answer within 0.3 s",
  });
  expect(requests).toBeLessThanOrEqual(3);
});

test("closing does not wait longer than it may", async () => {
  let requests = 0;
  const { url } = await serve((request) => ((requests += 1), request === 0 ? 200 : undefined));
  const sink = sinkTo(url, { patience: 150 });
  sink.send("a");
  sink.send("b");
  await expect.poll(() => requests, { timeout: 15_000 }).toBe(2);
  expect(await sink.close()).toMatchObject({ delivered: 1, lost: 1, problem: "it took longer than 0.15 s" });
});

test("nobody there", async () => {
  const { url } = await serve(() => 200);
  await new Promise((resolve) => server?.close(resolve));
  const sink = sinkTo(url);
  sink.send("a");
  expect(await sink.close()).toMatchObject({ lost: 1, problem: "it could not be reached (ECONNREFUSED)" });
});

test("a login in an address is sent as one, and is in no reason", async () => {
  const { url, received } = await serve((request) => (request === 0 ? 204 : 500));
  const letter = (username: string): Parameters<typeof httpPost>[0] => {
    const address = new URL(url);
    address.username = username;
    address.password = "hunter2";
    return { url: address, headers: {}, body: "{}", timeout: 5000 };
  };
  expect(await httpPost(letter("m%C3%A9lie"))).toEqual({ delivered: true });
  expect(received[0]?.token).toBe(`Basic ${Buffer.from("mélie:hunter2").toString("base64")}`);
  expect(await httpPost(letter("mira"))).toEqual({ delivered: false, again: true, why: "it answered 500" });
  const unreadable = await httpPost(letter("%E0%A4%A"));
  expect(unreadable).toMatchObject({
    delivered: false,
    why: expect.stringMatching(/^its login is not written/),
  });
});

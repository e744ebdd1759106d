import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, createServer } from "node:net";
import { type PostgresServer, startPostgres } from "../testing/postgres-server.ts";
import { refusal } from "../testing/refusal.ts";
import { storeConformance } from "../testing/store-conformance.ts";
import { begin, publication, versionsOf } from "../testing/store-fixtures.ts";
import type { StoreSubject } from "../testing/store-subject.ts";
import { openPostgresStore } from "./postgres.ts";

let server: PostgresServer;
let missing: string | undefined;
beforeAll(async () => {
  const started = await startPostgres();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

let states = 0;

async function freshState(): Promise<StoreSubject> {
  states += 1;
  const url = `${server.url}?schema=${encodeURIComponent(`state "${states}"`)}`;
  return {
    open: () => openPostgresStore(url),
    opener: {
      module: new URL("./postgres.ts", import.meta.url).href,
      open: "openPostgresStore",
      argument: url,
    },
    async [Symbol.asyncDispose]() {},
  };
}

describe("PostgreSQL is a store", () => {
  test.for(storeConformance)("$name", { timeout: 60_000 }, async (one, { skip }) => {
    skip(missing !== undefined, missing);
    await expect(one.run(freshState)).resolves.toBeUndefined();
  });
});

/** Where the line breaks when a commit goes over it: before it arrives, or before its answer does. */
type Break = "request lost" | "answer lost";

/** A way to the server that breaks at the next commit after `armed` is set. */
async function frailWay(kind: Break): Promise<{ url: string; arm(): void; broken(): number } & Disposable> {
  const target = Number(new URL(server.url).port);
  let armed = false;
  let broken = 0;
  const way = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const cut = (): void => {
      client.destroy();
      if (kind === "request lost") upstream.destroy();
      else upstream.end();
    };
    client.on("data", (bytes) => {
      const breaks = armed && bytes.includes("commit");
      if (breaks) {
        armed = false;
        broken += 1;
      }
      if (breaks && kind === "request lost") cut();
      else upstream.write(bytes, () => breaks && setTimeout(cut, 20));
      if (breaks) upstream.removeAllListeners("data");
    });
    upstream.on("data", (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => undefined);
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  const url = new URL(server.url);
  const address = way.address();
  url.port = String(typeof address === "object" ? address?.port : "");
  return {
    url: url.href,
    arm: () => (armed = true),
    broken: () => broken,
    [Symbol.dispose]: () => way.close(),
  };
}

describe("when the line breaks", () => {
  test.for<Break>(["request lost", "answer lost"])(
    "a release is published exactly once: %s",
    async (kind, { skip }) => {
      skip(missing !== undefined, missing);
      using way = await frailWay(kind);
      const store = await openPostgresStore(`${way.url}?schema=${kind.replace(" ", "_")}`);
      const lease = await begin(store, "prod", ["v1"]);
      way.arm();
      expect(await store.publish(lease, publication("prod", 0, { changes: { "shop.orders": "v1" } }))).toBe(
        1,
      );
      expect(way.broken()).toBe(1);
      expect(await store.environment("prod")).toEqual({ name: "prod", release: 1 });
      expect(await versionsOf(store, "prod")).toEqual({ "shop.orders": "v1" });
      expect(await store.releases("prod", 10)).toHaveLength(1);
      await store.close();
    },
  );

  test("a server that is away for a while is waited for", { timeout: 60_000 }, async ({ skip }) => {
    skip(missing !== undefined, missing);
    const store = await openPostgresStore(`${server.url}?schema=away`);
    const lease = await begin(store, "prod", ["v1"]);
    await server.crash();
    const published = store.publish(lease, publication("prod", 0, { changes: { "shop.orders": "v1" } }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.start();
    expect(await published).toBe(1);
    await store.close();
  });

  test("a server that is not there is named, and no password with it", async ({ skip }) => {
    skip(missing !== undefined, missing);
    const nowhere = "postgres://maria:hunter2@127.0.0.1:1/shop";
    const error = await refusal("state-unreachable", openPostgresStore(nowhere, { patience: 100 }));
    expect(error.message).toContain("postgres://maria@127.0.0.1:1/shop");
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain("hunter2");
    await refusal("state-unreachable", openPostgresStore("postgres://maria:hunter2@[bad/shop"));
    const missingDatabase = server.url.replace(/postgres$/, "no_such_database");
    await refusal("state-unreachable", openPostgresStore(missingDatabase, { patience: 100 }));
  });
});

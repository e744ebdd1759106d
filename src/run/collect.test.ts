/** Readers on other machines: one that gives signs of life keeps what it reads, one that does not keeps nothing. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../store/sqlite.ts";
import { localStorage } from "../storage/local.ts";
import type { Holder, Store } from "../store/store.ts";
import { begin, publishAll } from "../testing/store-fixtures.ts";
import { collect } from "./collect.ts";
import type { Ports } from "./ports.ts";
import { whileReading } from "./while-reading.ts";

const here: Holder = { host: "here", pid: 1, started: "1", who: "maria" };
const there: Holder = { host: "there", pid: 2, started: "2", who: "paul" };

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-collect-"));
  store = await openSqliteStore(join(directory, "state.db"));
  const lease = await begin(store, "prod", ["v1", "v2"]);
  await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }]);
  await store.yield(lease);
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

/** Ports of a process that knows nothing of processes on other machines. */
const portsOf = (holder: Holder): Ports =>
  ({
    store,
    storage: localStorage(join(directory, "data")),
    holder,
    newId: () => `reader on ${holder.host}`,
    now: () => new Date(),
    isAlive: () => true,
    isOwnerAlive: () => true,
    signsOfLife: { every: 100, silence: 1000 },
  }) as unknown as Ports;

const old = { targets: [{ environment: "prod", release: 1 }], old: true };

test("a reader on another machine that shows it lives keeps what it reads", async () => {
  const told: string[] = [];
  const garbage = await whileReading(portsOf(there), old, () =>
    collect(portsOf(here), { keep: 1, apply: true, onWait: (message) => told.push(message) }),
  );
  expect(garbage).toMatchObject({ versions: [], kept: { held: 0, read: 1 } });
  expect(told).toEqual([expect.stringContaining('"paul" on "there" reads old data; waiting up to 1 s')]);
  expect(await store.pins()).toEqual([]);
});

test("a reader on another machine that died is waited for once, and then keeps nothing", async () => {
  await store.pin({ id: "dead", holder: there, targets: old.targets });
  const began = performance.now();
  const garbage = await collect(portsOf(here), { keep: 1, apply: true });
  expect(garbage).toMatchObject({ versions: [{ id: "v1" }], kept: { held: 0, read: 0 } });
  expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  expect(await store.pins()).toEqual([]);
});

test("without removing anything nobody is waited for", async () => {
  await store.pin({ id: "dead", holder: there, targets: old.targets });
  const garbage = await collect(portsOf(here), {
    keep: 1,
    apply: false,
    onWait: () => expect.fail("it waited"),
  });
  expect(garbage.kept).toEqual({ held: 0, read: 1 });
});

test("a short reader of what is current writes nothing, a long one pins after a moment", async () => {
  const current = { targets: [{ environment: "prod", release: 2 }], old: false };
  await whileReading(portsOf(here), current, async () => expect(await store.pins()).toEqual([]));
  await whileReading(portsOf(here), current, async () => {
    await expect.poll(() => store.pins(), { timeout: 5000 }).toMatchObject([{ holder: here }]);
  });
  expect(await store.pins()).toEqual([]);
});

/** Who may write, when the one who did is on another machine and may be dead. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Holder, Store } from "../store/store.ts";
import { refusal } from "../testing/refusal.ts";
import { withLease } from "./lease.ts";

const here: Holder = { host: "here", pid: 1, started: "1", who: "maria" };
const there: Holder = { host: "there", pid: 2, started: "2", who: "paul" };

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-lease-"));
  store = await openSqliteStore(join(directory, "state.db"));
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

/** Ports of a process on a machine, which knows nothing of processes on others. */
const portsOf = (holder: Holder, silence = 300) => ({
  store,
  holder,
  isAlive: () => true,
  signsOfLife: { every: 20, silence },
});

test("a silent holder on another machine is waited for, and then succeeded", async () => {
  await store.acquire("prod", there, () => false);
  const began = performance.now();
  const told: string[] = [];
  const waiting = (message: string): void => void told.push(message);
  expect(await withLease(portsOf(here), "prod", async (lease) => lease.epoch, waiting)).toBe(2);
  expect(told).toEqual([expect.stringContaining('"paul" on "there"; waiting up to 1 s')]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(290);
});

test("one whose silence was waited for already is not waited for again, unless it spoke since", async () => {
  const lease = await store.acquire("prod", there, () => false);
  const silent = await store.holding("prod");
  const told: string[] = [];
  const waiting = (message: string): void => void told.push(message);
  const take = () => withLease(portsOf(here), "prod", async ({ epoch }) => epoch, waiting, silent);
  await store.beat(lease);
  expect(await take()).toBe(2);
  expect(told).toHaveLength(1);

  await store.acquire("other", there, () => false);
  const other = await store.holding("other");
  const began = performance.now();
  expect(await withLease(portsOf(here, 60_000), "other", async ({ epoch }) => epoch, waiting, other)).toBe(2);
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(told).toHaveLength(1);
});

test("a holder on another machine that shows it lives keeps its right", async () => {
  await withLease(portsOf(there), "prod", async () => {
    await refusal(
      "environment-busy",
      withLease(portsOf(here, 60_000), "prod", async () => undefined),
    );
  });
  expect(await withLease(portsOf(here), "prod", async (lease) => lease.epoch)).toBe(2);
});

test("a holder in a container of this machine's name is waited for, whatever its processes look like from here", async () => {
  const container = { ...here, machine: "container" };
  await store.acquire("prod", container, () => false);
  const waited: string[] = [];
  const epoch = await withLease(
    portsOf(here),
    "prod",
    async (lease) => lease.epoch,
    (message) => waited.push(message),
  );
  expect(epoch).toBe(2);
  expect(waited.join()).toContain("for a sign of life");
});

test("a holder on this machine is not waited for", async () => {
  await store.acquire("prod", { ...here, pid: 7 }, () => false);
  const taken = withLease(portsOf(here, 60_000), "prod", async () => undefined);
  expect((await refusal("environment-busy", taken)).message).toContain("process 7");
});

test("a process that wakes up too late is told that its right has passed on", async () => {
  const woken = withLease(portsOf(there), "prod", async (_, lost) => {
    await store.acquire("prod", here, () => false);
    while (!lost.aborted) await sleep(5);
    throw new Error("what it was doing broke off");
  });
  const error = await refusal("lease-lost", woken);
  expect(error.message).toContain('"maria" on "here"');
  expect(await store.holding("prod")).toMatchObject({ holder: here, epoch: 2 });
});

test("work that broke because its right has passed on says that, before any sign of life was due", async () => {
  const patient = { ...portsOf(there), signsOfLife: { every: 60_000, silence: 60_000 } };
  const woken = withLease(patient, "prod", async () => {
    await store.acquire("prod", here, () => false);
    throw new Error("a staged file is not there");
  });
  expect((await refusal("lease-lost", woken)).message).toContain('"maria" on "here"');
});

test("of two machines that both waited only one succeeds", async () => {
  await store.acquire("prod", there, () => false);
  const refused = Promise.withResolvers<void>();
  const ends = await Promise.allSettled(
    ["one", "two"].map((host) =>
      withLease(portsOf({ ...here, host }), "prod", () => refused.promise).finally(refused.resolve),
    ),
  );
  expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

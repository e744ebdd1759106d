import assert from "node:assert/strict";
import type { Lease, Publication, Store } from "../store/store.ts";
import { race, startChild } from "./start-child.ts";
import type { ChildEnd } from "./start-child.ts";
import {
  alive,
  audit,
  begin,
  dead,
  event,
  holder,
  publication,
  version,
  versionsOf,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** Several processes on one state: they race, they are killed, they wake up too late. */
export const processCases: readonly StoreCase[] = [
  {
    name: "many processes may open a new state at the same moment",
    async run(make) {
      await using subject = await make();
      const ends = await race(subject.opener, takeAndYield, [1, 2, 3, 4]);
      assert.deepEqual(ends.map(codeOf), ["result", "result", "result", "result"]);
      const store = await subject.open();
      assert.equal((await store.environments()).length, 4);
      await store.close();
    },
  },
  storeCase("of four processes that want one environment exactly one gets it", async (_, { opener }) => {
    for (const round of [1, 2, 3]) {
      const ends = await race(
        opener,
        take,
        [1, 2, 3, 4].map((pid) => ({ environment: `env-${round}`, holder: holder(pid) })),
      );
      assert.deepEqual(ends.map(codeOf).toSorted(), [
        "environment-busy",
        "environment-busy",
        "environment-busy",
        "result",
      ]);
    }
  }),
  storeCase("of two processes that publish on one base exactly one does", async (store, { opener }) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    for (const base of [0, 1, 2]) {
      const inputs = ["v1", "v2"].map((id) => ({
        lease,
        publication: publication("prod", base, { changes: { a: id }, why: id, events: [event(id)] }),
      }));
      const ends = await race(opener, publish, inputs);
      assert.deepEqual(ends.map(codeOf).toSorted(), ["base-moved", "result"]);
      const winner = ends[0]?.kind === "result" ? "v1" : "v2";
      assert.deepEqual(await versionsOf(store, "prod"), { a: winner });
      assert.equal((await store.release("prod", base + 1))?.why, winner);
      assert.deepEqual(
        (await store.events(base, 10)).map(({ type }) => type),
        [winner],
      );
    }
  }),
  storeCase("a process whose lease passed on while it slept cannot publish", async (store, { opener }) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    const sleeper = await startChild(opener, publish, {
      lease,
      publication: publication("prod", 0, { changes: { a: "v1" } }),
    });
    const next = await store.acquire("prod", holder(2), dead);
    assert.equal(await store.publish(next, publication("prod", 0, { changes: { a: "v2" } })), 1);
    sleeper.go();
    assert.equal(codeOf(await sleeper.end), "lease-lost");
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v2" });
  }),
  storeCase(
    "of four processes that built the same, one version remains for all",
    async (store, { opener }) => {
      const lease = await begin(store, "prod", []);
      const inputs = ["v1", "v2", "v3", "v4"].map((id) => ({
        lease,
        version: version(id, { buildKey: "one key" }),
        audit: audit(id),
      }));
      const ends = await race(opener, saveVersion, inputs);
      const winner = (await store.builds(["one key"])).get("one key")?.id;
      assert.ok(winner);
      for (const end of ends) assert.deepEqual(end, { kind: "result", result: winner });
    },
  ),
  storeCase("kill -9 inside a transaction leaves the state as it was", async (store, { opener }) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.publish(lease, publication("prod", 0, { changes: { a: "v1" } }));
    const child = await startChild(opener, dieWhileTaking, holder(2));
    child.go();
    assert.equal((await child.end).kind, "killed");
    await refusal("environment-busy", store.acquire("prod", holder(3), alive));
    assert.equal(await store.publish(lease, publication("prod", 1, { changes: { b: "v1" } })), 2);
    assert.equal((await store.acquire("prod", holder(3), dead)).epoch, lease.epoch + 1);
  }),
  storeCase(
    "kill -9 at any moment of publishing leaves whole releases with all of their events",
    async (store, { opener }) => {
      await begin(store, "prod", ["v1", "v2"]);
      for (let round = 0; round < 6; round += 1) {
        const lease = await store.acquire("prod", holder(round), dead);
        const base = (await store.environment("prod"))?.release ?? 0;
        const child = await startChild(opener, publishForever, {
          lease,
          base,
          publication: publication("prod", 0),
        });
        child.go();
        await child.tells(1 + round);
        // Not only between two publications: a little later each round.
        await new Promise((resolve) => setTimeout(resolve, round));
        child.kill();
        await child.end;
        assert.ok(child.told.length > round, "it was killed before it published anything");
        await wholeReleases(store, base + child.told.length);
      }
    },
  ),
  storeCase("events have no gaps however many processes write them", async (store, { opener }) => {
    await begin(store, "prod", ["v1"]);
    const ends = await race(
      opener,
      publishOften,
      ["a", "b", "c", "d"].map((environment) => ({
        holder: holder(1),
        publication: publication(environment, 0),
      })),
    );
    assert.deepEqual(ends.map(codeOf), ["result", "result", "result", "result"]);
    const events = await store.events(0, 1000);
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      Array.from({ length: 4 * 15 * 3 }, (_, at) => at + 1),
    );
    for (const { name } of (await store.environments()).filter((one) => one.name !== "prod")) {
      const own = events.filter(({ environment }) => environment === name);
      assert.deepEqual(
        own.map(({ type }) => type),
        Array.from({ length: 15 * 3 }, (_, at) => String(Math.floor(at / 3) + 1)),
      );
      // The three of one publication follow each other.
      own.forEach(({ sequence }, at) => at % 3 === 0 || assert.equal(sequence, own[at - 1]!.sequence + 1));
    }
  }),
  storeCase(
    "readers see all of a release or nothing of it while another process publishes",
    async (store, { opener }) => {
      const lease = await begin(store, "prod", ["v1", "v2"]);
      const child = await startChild(opener, publishForever, {
        lease,
        base: 0,
        publication: publication("prod", 0),
      });
      child.go();
      await child.tells(1);
      let seen = 0;
      for (const until = child.told.length + 30; child.told.length < until || seen < 30; seen += 1) {
        const pointers = new Set(Object.values(await versionsOf(store, "prod")));
        assert.equal(pointers.size, 1, "pointers of two releases were read at once");
        // The news of the other process come in between.
        await new Promise((resolve) => setImmediate(resolve));
      }
      child.kill();
      await child.end;
    },
  ),
];

/** How it ended: "result", the error's code, or "killed". An error without a code fails the case. */
function codeOf(end: ChildEnd<unknown>): string {
  if (end.kind !== "error") return end.kind;
  return end.code ?? assert.fail(end.message);
}

/** Every release is there, with what it moved and the events it came with. */
async function wholeReleases(store: Store, atLeast: number): Promise<void> {
  const { release } = (await store.environment("prod")) ?? assert.fail("the environment is gone");
  assert.ok(release >= atLeast, `${atLeast} releases were told of, ${release} are there`);
  assert.ok(release <= atLeast + 1, `${release} releases are there, though only ${atLeast} were told of`);
  const releases = (await store.releases("prod", release)).toReversed();
  assert.deepEqual(
    releases.map(({ number }) => number),
    Array.from({ length: release }, (_, at) => at + 1),
  );
  const last = releases.at(-1) ?? assert.fail("there is no release");
  assert.deepEqual(await versionsOf(store, "prod"), last.changes);
  assert.equal(Object.keys(last.changes).length, 200);
  const events = await store.events(0, release * 3 + 1);
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    Array.from({ length: release * 3 }, (_, at) => at + 1),
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    Array.from({ length: release * 3 }, (_, at) => String(Math.floor(at / 3) + 1)),
  );
}

// What other processes do. Each is handed over as text: it may name nothing from this file.

async function takeAndYield(store: Store, number: number): Promise<void> {
  const own = { host: "station", pid: number, started: "1", who: "maria" };
  const lease = await store.acquire(`env-${number}`, own, () => true);
  await store.yield(lease);
}

async function take(
  store: Store,
  input: { readonly environment: string; readonly holder: Lease["holder"] },
): Promise<number> {
  return (await store.acquire(input.environment, input.holder, () => true)).epoch;
}

async function publish(
  store: Store,
  input: { readonly lease: Lease; readonly publication: Publication },
): Promise<number> {
  return store.publish(input.lease, input.publication);
}

async function saveVersion(
  store: Store,
  input: {
    readonly lease: Lease;
    readonly version: Parameters<Store["saveVersion"]>[1];
    readonly audit: Parameters<Store["saveVersion"]>[2];
  },
): Promise<string> {
  return store.saveVersion(input.lease, input.version, input.audit);
}

async function dieWhileTaking(store: Store, own: Lease["holder"]): Promise<void> {
  // Whether the old holder lives is asked in the middle of the transaction.
  await store.acquire("prod", own, () => process.kill(process.pid, "SIGKILL"));
}

/** Publish 200 datasets again and again, each release with three events of its number, telling of each. */
async function publishForever(
  store: Store,
  input: { readonly lease: Lease; readonly base: number; readonly publication: Publication },
  tell: (news: unknown) => void,
): Promise<void> {
  for (let { base } = input; ; base += 1) {
    const version = base % 2 === 0 ? "v1" : "v2";
    const changes = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`shop.dataset_${at}`, version]),
    );
    const news = { type: String(base + 1), at: input.publication.at, data: {} };
    tell(
      await store.publish(input.lease, { ...input.publication, base, changes, events: [news, news, news] }),
    );
  }
}

/** Publish fifteen releases of an environment of one's own, each with three events of its number. */
async function publishOften(
  store: Store,
  input: { readonly holder: Lease["holder"]; readonly publication: Publication },
): Promise<void> {
  const { environment } = input.publication;
  const lease = await store.acquire(environment, input.holder, () => true);
  for (let base = 0; base < 15; base += 1) {
    const news = { type: String(base + 1), at: input.publication.at, environment, data: {} };
    await store.publish(lease, {
      ...input.publication,
      base,
      changes: { a: "v1" },
      events: [news, news, news],
    });
  }
}

import assert from "node:assert/strict";
import type { Holder } from "../store/store.ts";
import {
  alive,
  audit,
  begin,
  dead,
  event,
  graph,
  held,
  holder,
  minute,
  publication,
  run,
  version,
  versionsOf,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** Who may write to an environment. */
export const leaseCases: readonly StoreCase[] = [
  storeCase("an environment that nobody took does not exist", async (store) => {
    assert.equal(await store.environment("prod"), undefined);
    assert.deepEqual(await store.environments(), []);
    assert.equal((await store.pointers("prod")).size, 0);
    assert.deepEqual(await store.held("prod"), {});
  }),
  storeCase("taking an environment creates it at release 0, with no pointers", async (store) => {
    const lease = await store.acquire("prod", holder(1), dead);
    assert.deepEqual(lease, { environment: "prod", epoch: 1, holder: holder(1) });
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 0 });
    assert.equal((await store.pointers("prod")).size, 0);
    assert.equal((await store.pointers("prod", 0)).size, 0);
    assert.deepEqual(await store.releases("prod", 10), []);
  }),
  storeCase(
    "an environment in use is refused, naming the process, its owner and since when",
    async (store) => {
      const lease = await store.acquire("prod", holder(4711), dead);
      await store.beginRun(lease, run("run-1", lease, { startedAt: minute(7) }), []);
      const error = await refusal("environment-busy", store.acquire("prod", holder(2), alive));
      for (const part of ["prod", "4711", "maria", "station", minute(7)])
        assert.ok(error.message.includes(part), `${part} is missing in: ${error.message}`);
      await store.settle(lease, {
        environment: "prod",
        release: 0,
        project: "p",
        patterns: [],
        landing: "l",
        datasets: ["raw.a"],
        rows: {},
      });
    },
  ),
  storeCase("whether the holder lives is asked of exactly the holder in place", async (store) => {
    const first: Holder = { host: 'höst "x"', pid: 7, started: "12345", who: "zoë o'neil" };
    await store.acquire("prod", first, () => assert.fail("there was no holder to ask about"));
    const asked: Holder[] = [];
    await store.acquire("prod", holder(2), (other) => {
      asked.push(other);
      return false;
    });
    assert.deepEqual(asked, [first]);
  }),
  storeCase(
    "signs of life are counted while the lease lasts, and whoever asks is told of them",
    async (store) => {
      assert.equal(await store.holding("prod"), undefined);
      const first = await store.acquire("prod", holder(1), dead);
      await store.beat(first);
      await store.beat(first);
      const held = await store.holding("prod");
      assert.deepEqual(held, { holder: first.holder, epoch: 1, beat: 2 });
      const told: unknown[] = [];
      const second = await store.acquire("prod", holder(2), (_, holding) => {
        told.push(holding);
        return false;
      });
      assert.deepEqual(told, [held]);
      await refusal("lease-lost", store.beat(first));
      await store.beat(second);
      assert.deepEqual(await store.holding("prod"), { holder: second.holder, epoch: 2, beat: 3 });
      await store.yield(second);
      assert.equal(await store.holding("prod"), undefined);
    },
  ),
  storeCase("the lease of a dead holder passes on with a higher epoch", async (store) => {
    await store.acquire("prod", holder(1), dead);
    const second = await store.acquire("prod", holder(2), dead);
    assert.equal(second.epoch, 2);
    await refusal("environment-busy", store.acquire("prod", holder(3), alive));
  }),
  storeCase("a lease given back can be taken by others, and the epoch still grows", async (store) => {
    for (const epoch of [1, 2, 3]) {
      const lease = await store.acquire("prod", holder(epoch), alive);
      assert.equal(lease.epoch, epoch);
      await store.yield(lease);
      await store.yield(lease);
    }
  }),
  storeCase("giving back a lease that has passed on leaves its new holder in place", async (store) => {
    const first = await store.acquire("prod", holder(1), dead);
    const second = await store.acquire("prod", holder(2), dead);
    await store.yield(first);
    await refusal("environment-busy", store.acquire("prod", holder(3), alive));
    await store.hold(second, {}, []);
  }),
  storeCase("environments are taken independently of each other", async (store) => {
    const prod = await begin(store, "prod", ["v1"]);
    const dev = await store.acquire("dev", holder(2), alive);
    assert.equal(dev.epoch, 1);
    await store.publish(dev, publication("dev", 0, { changes: { "shop.orders": "v1" } }));
    await store.publish(prod, publication("prod", 0));
    assert.deepEqual(await versionsOf(store, "prod"), {});
    assert.deepEqual(await store.environments(), [
      { name: "dev", release: 1 },
      { name: "prod", release: 1 },
    ]);
  }),
  storeCase("a zombie with an old epoch is refused on every write, and changes nothing", async (store) => {
    const zombie = await begin(store, "prod", ["v1"]);
    await store.beginRun(zombie, run("run-1", zombie), []);
    await store.acquire("prod", holder(2), dead);
    const writes = [
      store.beat(zombie),
      store.beginRun(zombie, run("run-2", zombie), []),
      store.endRun(zombie, "run-1", { state: "published", endedAt: minute(9) }),
      store.saveVersion(zombie, version("v2"), audit("v2")),
      store.saveAudit(zombie, audit("v1", { auditFingerprint: "other checks" })),
      store.alias(zombie, "another key", "v1"),
      store.publish(
        zombie,
        publication("prod", 0, { changes: { "shop.orders": "v1" }, events: [event("published")] }),
      ),
      store.hold(zombie, { "shop.orders": held("shop.orders") }, [event("incident")]),
      store.settle(zombie, {
        environment: "prod",
        release: 0,
        project: "p",
        patterns: [],
        landing: "l",
        datasets: ["raw.a"],
        rows: {},
      }),
    ];
    await Promise.all(writes.map((write) => refusal("lease-lost", write)));
    assert.deepEqual(
      (await store.runs(10)).map((known) => [known.id, known.state]),
      [["run-1", "running"]],
    );
    assert.equal((await store.builds(["key of v2", "another key"])).size, 0);
    assert.equal((await store.audits(["v1"])).length, 1);
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 0 });
    assert.deepEqual(await store.held("prod"), {});
    assert.deepEqual(await store.events(0, 10), []);
    assert.equal(await store.settled("prod"), undefined);
  }),
  storeCase("a lease that was given back no longer lets anybody write", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.yield(lease);
    await refusal("lease-lost", store.publish(lease, publication("prod", 0)));
    await refusal("lease-lost", store.saveVersion(lease, version("v2"), audit("v2")));
  }),
  storeCase("a lease of an environment that does not exist is refused", async (store) => {
    await store.saveGraph("graph-1", graph);
    await refusal(
      "lease-lost",
      store.publish({ environment: "nowhere", epoch: 1, holder: holder(1) }, publication("nowhere", 0)),
    );
  }),
  storeCase("a lease of one environment cannot publish to another", async (store) => {
    const dev = await begin(store, "dev", ["v1"]);
    await begin(store, "prod", []);
    await assert.rejects(store.publish(dev, publication("prod", 0, { changes: { "shop.orders": "v1" } })));
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 0 });
  }),
];

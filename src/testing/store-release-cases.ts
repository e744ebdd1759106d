import assert from "node:assert/strict";
import type { Pointer } from "../graph/version.ts";
import type { Lease, Publication, Release, Rollback } from "../store/store.ts";
import {
  alive,
  begin,
  dead,
  event,
  graph,
  held,
  holder,
  minute,
  publication,
  publishAll,
  run,
  versionsOf,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** A rollback from the current release `base` to an earlier one. */
const back = (environment: string, base: number, to: number): Rollback => ({
  environment,
  base,
  to,
  at: minute(9),
  who: "zoë",
  why: "wrong prices",
});

const unheld = ([name, { dataset, version }]: readonly [string, Pointer]): [string, Pointer] => [
  name,
  { dataset, version },
];

/** How pointers move, and what remains of it. */
export const releaseCases: readonly StoreCase[] = [
  storeCase("a publication moves the pointers and is recorded as it was asked for", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    const asked = publication("prod", 0, {
      runId: "run-1",
      why: 'o\'neil asked "why"',
      changes: { "shop.orders": "v1", "shop.lines": "v2" },
      events: [event("published", { environment: "prod" })],
    });
    assert.equal(await store.publish(lease, asked), 1);
    const { base: _, events: __, ...recorded } = asked;
    assert.deepEqual(await store.release("prod", 1), { ...recorded, number: 1 });
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 1 });
    assert.deepEqual(
      await store.pointers("prod"),
      new Map([
        ["shop.lines", { dataset: "shop.lines", version: "v2" }],
        ["shop.orders", { dataset: "shop.orders", version: "v1" }],
      ]),
    );
    assert.deepEqual(
      (await store.events(0, 10)).map(({ type }) => type),
      ["published"],
    );
  }),
  storeCase("only what a release moves changes; earlier releases stay readable", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "v3"]);
    await publishAll(store, lease, [{ a: "v1", b: "v2" }, { b: "v3" }, {}, { a: "v2", c: "v1" }]);
    assert.deepEqual(await versionsOf(store, "prod", 0), {});
    assert.deepEqual(await versionsOf(store, "prod", 1), { a: "v1", b: "v2" });
    assert.deepEqual(await versionsOf(store, "prod", 2), { a: "v1", b: "v3" });
    assert.deepEqual(await versionsOf(store, "prod", 3), { a: "v1", b: "v3" });
    assert.deepEqual(await versionsOf(store, "prod", 4), { a: "v2", b: "v3", c: "v1" });
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v2", b: "v3", c: "v1" });
    assert.deepEqual((await store.release("prod", 3))?.changes, {});
  }),
  storeCase("a dropped dataset loses its pointer from then on, and may come back", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1", b: "v1" }, { a: null, never: null }, { a: "v2" }]);
    assert.deepEqual(await versionsOf(store, "prod", 1), { a: "v1", b: "v1" });
    assert.deepEqual(await versionsOf(store, "prod", 2), { b: "v1" });
    assert.deepEqual(await versionsOf(store, "prod", 3), { a: "v2", b: "v1" });
    assert.deepEqual((await store.release("prod", 2))?.changes, { a: null, never: null });
  }),
  storeCase(
    "a publication on a release that is no longer the current one is refused and leaves nothing",
    async (store) => {
      const lease = await begin(store, "prod", ["v1", "v2"]);
      await publishAll(store, lease, [{ a: "v1" }]);
      const late = { changes: { a: "v2", b: "v2" }, held: { c: held("c") }, events: [event("published")] };
      for (const base of [0, 2]) {
        const error = await refusal("base-moved", store.publish(lease, publication("prod", base, late)));
        assert.ok(
          error.message.includes(`release ${base}`) && error.message.includes("release 1"),
          error.message,
        );
      }
      assert.deepEqual(await versionsOf(store, "prod"), { a: "v1" });
      assert.deepEqual(await store.held("prod"), {});
      assert.deepEqual(await store.events(0, 10), []);
      assert.equal((await store.releases("prod", 10)).length, 1);
    },
  ),
  storeCase(
    "a publication of a version or a project that was never saved is refused whole",
    async (store) => {
      const lease = await begin(store, "prod", ["v1"]);
      await assert.rejects(
        store.publish(
          lease,
          publication("prod", 0, { changes: { a: "v1", b: "never saved" }, events: [event("x")] }),
        ),
      );
      await assert.rejects(
        store.publish(lease, publication("prod", 0, { changes: { a: "v1" }, graphHash: "never saved" })),
      );
      assert.deepEqual(await store.environment("prod"), { name: "prod", release: 0 });
      assert.deepEqual(await versionsOf(store, "prod"), {});
      assert.equal(
        await store.publish(lease, publication("prod", 0, { changes: { a: "v1" }, events: [event("x")] })),
        1,
      );
      assert.deepEqual(
        (await store.events(0, 10)).map(({ sequence }) => sequence),
        [1],
      );
    },
  ),
  storeCase("who is held, and why, belongs to the release; the next one says it anew", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    const a = held("a", { candidate: "v2", reason: `"quoted" o'neil` });
    const b = held("a");
    await store.publish(lease, publication("prod", 0, { changes: { a: "v1", b: "v1" } }));
    await store.publish(lease, publication("prod", 1, { changes: { c: "v1" }, held: { a, b } }));
    assert.deepEqual(await store.held("prod"), { a, b });
    assert.deepEqual((await store.pointers("prod")).get("a"), { dataset: "a", version: "v1", held: a });
    await store.publish(lease, publication("prod", 2, { changes: { a: "v2" }, held: { b } }));
    assert.deepEqual(await store.held("prod"), { b });
    assert.deepEqual((await store.pointers("prod")).get("a"), { dataset: "a", version: "v2" });
    assert.deepEqual((await store.pointers("prod", 2)).get("a"), { dataset: "a", version: "v1", held: a });
    assert.deepEqual((await store.pointers("prod", 1)).get("a"), { dataset: "a", version: "v1" });
    assert.deepEqual((await store.release("prod", 2))?.held, { a, b });
  }),
  storeCase("what is held without a release is seen now, and changes no release", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.publish(lease, publication("prod", 0, { changes: { a: "v1" } }));
    await store.publish(lease, publication("prod", 1));
    await store.hold(lease, { a: held("a"), "never.good": held("never.good") }, [event("incident")]);
    assert.deepEqual((await store.pointers("prod")).get("a")?.held, held("a"));
    assert.deepEqual((await store.pointers("prod", 2)).get("a")?.held, held("a"));
    assert.equal((await store.pointers("prod", 1)).get("a")?.held, undefined);
    assert.equal((await store.pointers("prod")).has("never.good"), false);
    assert.deepEqual(Object.keys(await store.held("prod")).toSorted(), ["a", "never.good"]);
    assert.deepEqual((await store.release("prod", 2))?.held, {});
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 2 });
    await store.hold(lease, {}, []);
    assert.deepEqual(await store.held("prod"), {});
  }),
  storeCase("environments with the same datasets never touch each other", async (store) => {
    const prod = await begin(store, "prod", ["v1", "v2"]);
    const dev = await begin(store, "dev", []);
    await publishAll(store, prod, [{ a: "v1", b: "v1" }]);
    await publishAll(store, dev, [{ a: "v1", b: "v1" }, { a: null, b: "v2" }, { b: null }]);
    await store.hold(dev, { a: held("a") }, []);
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v1", b: "v1" });
    assert.deepEqual(await store.held("prod"), {});
    await store.publish(prod, publication("prod", 1, { changes: { a: "v2" } }));
    assert.deepEqual(await versionsOf(store, "dev", 1), { a: "v1", b: "v1" });
    assert.deepEqual(await versionsOf(store, "dev", 2), { b: "v2" });
    assert.deepEqual(await versionsOf(store, "dev"), {});
    assert.deepEqual(Object.keys(await store.held("dev")), ["a"]);
    assert.deepEqual(
      (await store.releases("dev", 10)).map(({ number }) => number),
      [3, 2, 1],
    );
  }),
  storeCase("a rollback makes the pointers of an earlier release a new one, and says so", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "v3"]);
    await begin(store, "dev", []);
    await store.saveGraph("graph-2", { ...graph, stories: [] });
    await publishAll(store, lease, [{ a: "v1", b: "v1", c: "v1", d: "v1" }, { a: "v2" }]);
    const third = { changes: { a: "v3", b: null, e: "v2" }, graphHash: "graph-2", held: { a: held("a") } };
    await store.publish(lease, publication("prod", 2, third));
    await store.yield(lease);
    assert.equal(await store.rollBack(holder(2), dead, back("prod", 3, 2)), 4);
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v2", b: "v1", c: "v1", d: "v1" });
    assert.deepEqual(await store.pointers("prod"), await store.pointers("prod", 2));
    assert.deepEqual(await store.pointers("prod", 4), await store.pointers("prod", 2));
    assert.deepEqual(await store.held("prod"), {});
    assert.deepEqual(await store.release("prod", 4), {
      environment: "prod",
      number: 4,
      kind: "rollback",
      at: minute(9),
      who: "zoë",
      why: "wrong prices",
      graphHash: "graph-1",
      from: "prod@2",
      changes: { a: "v2", b: "v1", e: null },
      held: {},
    });
    assert.equal(await store.rollBack(holder(2), dead, back("prod", 4, 3)), 5);
    assert.deepEqual(
      await store.pointers("prod"),
      new Map([...(await store.pointers("prod", 3))].map(unheld)),
    );
    assert.equal(await store.releasedGraph("prod", 5), "graph-2");
    assert.deepEqual(await versionsOf(store, "dev"), {});
  }),
  storeCase("a rollback needs the right to write, and gives it back", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }]);
    const error = await refusal("environment-busy", store.rollBack(holder(2), alive, back("prod", 2, 1)));
    assert.ok(error.message.includes('process 1 of "maria"'), error.message);
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v2" });
    // From one that died in between: it is refused from then on.
    await store.rollBack(holder(2), dead, back("prod", 2, 1));
    assert.equal(await store.holding("prod"), undefined);
    await refusal("lease-lost", store.publish(lease, publication("prod", 3)));
    assert.equal((await store.acquire("prod", holder(3), alive)).epoch, 3);
  }),
  storeCase("a rollback that cannot be is refused and leaves nothing", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }, { b: "v2" }]);
    await store.yield(lease);
    const before = await store.environment("prod");
    await refusal("base-moved", store.rollBack(holder(2), dead, back("prod", 2, 1)));
    await refusal("unknown-release", store.rollBack(holder(2), dead, back("prod", 3, 7)));
    const collection = { keep: 1, at: minute(9), isAlive: alive, isReading: dead, apply: true };
    assert.deepEqual(
      (await store.collect(collection)).versions.map(({ id }) => id),
      ["v1"],
    );
    await refusal("version-gone", store.rollBack(holder(2), dead, back("prod", 3, 1)));
    assert.deepEqual(await store.environment("prod"), before);
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v2", b: "v2" });
    assert.equal((await store.releases("prod", 10)).length, 3);
    assert.equal((await store.acquire("prod", holder(3), alive)).epoch, 2);
  }),
  storeCase("releases are listed newest first, as many as asked for", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await begin(store, "dev", []);
    await publishAll(store, lease, [{ a: "v1" }, { b: "v2" }, { a: "v2", b: null }]);
    const releases = await store.releases("prod", 2);
    assert.deepEqual(
      releases.map(({ number, changes }) => [number, changes]),
      [
        [3, { a: "v2", b: null }],
        [2, { b: "v2" }],
      ],
    );
    assert.deepEqual(
      (await store.releases("prod", 10)).map(({ number }) => number),
      [3, 2, 1],
    );
    assert.deepEqual(await store.releases("dev", 10), []);
    assert.equal(await store.release("prod", 4), undefined);
    assert.equal(await store.releasedGraph("prod", 3), "graph-1");
    assert.equal(await store.releasedGraph("prod", 4), undefined);
    assert.equal(await store.release("nowhere", 1), undefined);
  }),
  storeCase("the release at a time is the last one up to it, by the order of releases", async (store) => {
    const lease = await begin(store, "prod", []);
    // The third was made on a machine whose clock is late.
    for (const [base, at] of [
      [0, 10],
      [1, 20],
      [2, 15],
    ] as const)
      await store.publish(lease, publication("prod", base, { at: minute(at) }));
    const at = async (time: string): Promise<Release["number"] | undefined> =>
      (await store.releaseAt("prod", time))?.number;
    assert.equal(await at(minute(9)), undefined);
    assert.equal(await at(minute(10)), 1);
    assert.equal(await at(minute(14)), 1);
    assert.equal(await at(minute(15)), 3);
    assert.equal(await at(minute(99)), 3);
    assert.equal(await at("2026-01-01T01:14:00+01:00"), 1);
    assert.equal(await at("2026-01-01T00:10:00Z"), 1);
    assert.equal(await store.releaseAt("nowhere", minute(99)), undefined);
  }),
  storeCase("a release that does not exist has no pointers to read", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await publishAll(store, lease, [{ a: "v1" }]);
    for (const number of [2, -1, 1.5]) await refusal("unknown-release", store.pointers("prod", number));
  }),
  storeCase("which release first pointed to a version is remembered", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "v3"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }, { a: "v1", b: "v2" }]);
    assert.deepEqual(
      await store.firstReleases("prod", ["v1", "v2", "v3", "unknown"]),
      new Map([
        ["v1", 1],
        ["v2", 2],
      ]),
    );
    assert.deepEqual(await store.firstReleases("dev", ["v1"]), new Map());
  }),
  storeCase(
    "when a version was last read is told by the order of runs, in all environments",
    async (store) => {
      const prod = await begin(store, "prod", ["v1", "v2", "v3", "v4"]);
      const dev = await begin(store, "dev", ["v5"]);
      const step = async (lease: Lease, base: number, version: string, more: Partial<Publication> = {}) => {
        const id = `${lease.environment} ${base}`;
        if (more.kind !== "rollback") await store.beginRun(lease, run(id, lease), []);
        const runId = more.kind === "rollback" ? {} : { runId: id };
        const change = { changes: { a: version }, ...runId, ...more };
        await store.publish(lease, publication(lease.environment, base, change));
      };
      await step(prod, 0, "v1");
      await step(dev, 0, "v2");
      await step(prod, 1, "v2", { kind: "promote", from: "dev@1" });
      await step(prod, 2, "v3", { kind: "promote", from: "dev@1" });
      await step(dev, 1, "v1");
      await step(dev, 2, "v2", { kind: "rollback" });
      await step(prod, 3, "v3", { kind: "promote", from: "dev@1", changes: { a: "v3", b: "v4" } });
      const read = await store.lastRead(["v1", "v2", "v3", "v4", "v5", "unknown"]);
      const order = [...read].toSorted(([, a], [, b]) => a - b).map(([version]) => version);
      // A rollback reads nothing, nor does a promotion of what a run has read.
      assert.deepEqual(order, ["v2", "v3", "v1", "v4"]);
    },
  ),
  storeCase("names of datasets and environments are text, whatever they contain", async (store) => {
    const names = [
      'a."b"',
      "o'neil.x",
      "x]; drop table pointers; --",
      "schéma.テーブル",
      "a.\u{1F6B0}\u2028",
      "a\\b.\tc",
      "__proto__",
      "constructor",
      "1",
      "%",
      "",
    ];
    const lease = await begin(store, `prod'"; --`, ["v1", "v2"]);
    const entries = names.map((name) => [name, "v1"] as const);
    await store.publish(lease, publication(lease.environment, 0, { changes: Object.fromEntries(entries) }));
    await store.publish(
      lease,
      publication(lease.environment, 1, {
        changes: { 'a."b"': "v2", "%": null },
        held: Object.fromEntries([["__proto__", held("x")]]),
      }),
    );
    assert.deepEqual([...(await store.pointers(lease.environment, 1)).keys()].toSorted(), names.toSorted());
    const now = await store.pointers(lease.environment);
    assert.deepEqual([...now.keys()].toSorted(), names.filter((name) => name !== "%").toSorted());
    assert.equal(now.get('a."b"')?.version, "v2");
    assert.deepEqual(now.get("__proto__")?.held, held("x"));
    const changes = (await store.release(lease.environment, 1))?.changes ?? {};
    assert.deepEqual(new Map(Object.entries(changes)), new Map(entries));
  }),
];

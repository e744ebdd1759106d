import assert from "node:assert/strict";
import type { Collection, LegalHold } from "../store/store.ts";
import {
  begin,
  dead,
  held,
  holder,
  minute,
  publication,
  publishAll,
  version,
  audit,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

const all: Collection = { keep: 1, at: minute(99), isAlive: dead, isReading: () => true, apply: true };

const hold = (target: LegalHold["target"], more: Partial<LegalHold> = {}): LegalHold => ({
  id: "hold-1",
  target,
  at: minute(5),
  who: "zoë o'neil",
  why: 'case "4711"',
  ...more,
});

const idsOf = (versions: readonly { readonly id: string }[]): string[] =>
  versions.map(({ id }) => id).toSorted();

/** What is kept whatever releases need: legal holds, and what readers read. */
export const keepCases: readonly StoreCase[] = [
  storeCase("what a legal hold names is never let go, until it is taken back", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "v3", "v4", "v5"]);
    await store.saveVersion(lease, version("c1", { dataset: "raw.case" }), audit("c1"));
    await publishAll(store, lease, [{ a: "v1", b: "v2" }, { a: "v3", b: null }, { a: "v4" }]);
    await store.addLegalHold(hold({ environment: "prod", release: 1 }));
    await store.addLegalHold(hold({ dataset: "raw.case" }, { id: "hold-2" }));
    await store.addLegalHold(hold({ version: "v5" }, { id: "hold-3", at: minute(6) }));
    const told = await store.collect({ ...all, apply: false });
    assert.deepEqual(idsOf(told.versions), ["v3"]);
    assert.deepEqual(told.kept, { held: 4, read: 0 });
    await store.collect(all);
    // Versions that come while a dataset is held stay as well.
    await store.saveVersion(lease, version("c2", { dataset: "raw.case" }), audit("c2"));
    assert.deepEqual((await store.collect(all)).versions, []);
    assert.deepEqual(
      (await store.legalHolds()).map(({ id }) => id),
      ["hold-1", "hold-2", "hold-3"],
    );
    assert.deepEqual((await store.legalHolds())[0], hold({ environment: "prod", release: 1 }));
    assert.equal(await store.publish(lease, publication("prod", 3, { changes: { a: "v1" } })), 4);
    for (const id of ["hold-1", "hold-2", "hold-3"]) {
      assert.equal(await store.removeLegalHold(id, { at: minute(7), who: "paul", why: "closed" }), true);
      assert.equal(await store.removeLegalHold(id, { at: minute(8), who: "paul", why: "again" }), false);
    }
    assert.deepEqual(idsOf((await store.collect(all)).versions), ["c1", "c2", "v2", "v4", "v5"]);
  }),
  storeCase("who held what, and who took it back, are events", async (store) => {
    await begin(store, "prod", ["v1"]);
    await store.addLegalHold(hold({ version: "v1" }));
    await store.removeLegalHold("hold-1", { at: minute(7), who: "paul", why: "closed" });
    assert.deepEqual(
      (await store.events(0, 10)).map(({ type, at, data }) => [type, at, data]),
      [
        [
          "hold.added",
          minute(5),
          { id: "hold-1", target: { version: "v1" }, who: "zoë o'neil", why: 'case "4711"' },
        ],
        ["hold.removed", minute(7), { id: "hold-1", who: "paul", why: "closed" }],
      ],
    );
  }),
  storeCase("what was let go can not be held; of a dataset, what is left can", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }]);
    await store.collect(all);
    await refusal("version-gone", store.addLegalHold(hold({ version: "v1" })));
    await refusal("version-gone", store.addLegalHold(hold({ environment: "prod", release: 1 })));
    assert.deepEqual(await store.legalHolds(), []);
    await store.addLegalHold(hold({ dataset: "shop.orders" }));
    assert.deepEqual(await store.versionsOfDataset("shop.orders").then((ids) => ids.toSorted()), [
      "v1",
      "v2",
    ]);
  }),
  storeCase("a hold on a renamed dataset keeps what it was before", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ "shop.orders": "v1" }, { "shop.orders": null, "shop.sales": "v1" }]);
    await store.addLegalHold(hold({ dataset: "shop.sales" }));
    assert.deepEqual((await store.collect(all)).versions, []);
  }),
  storeCase("a refused candidate of a held release stays with it", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "bad"]);
    const waiting = { a: { ...held("a"), candidate: "bad" } };
    await store.publish(lease, publication("prod", 0, { changes: { a: "v1" }, held: waiting }));
    await store.publish(lease, publication("prod", 1, { changes: { a: "v2" } }));
    await store.addLegalHold(hold({ environment: "prod", release: 1 }));
    assert.deepEqual((await store.collect(all)).versions, []);
  }),
  storeCase("what a living reader reads stays, what a dead one read does not", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2", "v3"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }, { a: "v3" }]);
    await store.pin({ id: "one", holder: holder(1), targets: [{ environment: "prod", release: 1 }] });
    await store.pin({ id: "two", holder: holder(2), targets: [{ version: "v2" }] });
    const living = await store.collect({ ...all, isReading: ({ id }) => id === "one", apply: false });
    assert.deepEqual(idsOf(living.versions), ["v2"]);
    assert.deepEqual(living.kept, { held: 0, read: 1 });
    assert.equal((await store.pins()).length, 2);
    await store.collect({ ...all, isReading: ({ id }) => id === "one" });
    assert.deepEqual(await store.pins(), [
      { id: "one", holder: holder(1), beat: 1, targets: [{ environment: "prod", release: 1 }] },
    ]);
    await store.unpin("one");
    await store.unpin("one");
    assert.deepEqual(idsOf((await store.collect(all)).versions), ["v1"]);
  }),
  storeCase("readers give signs of life, and say what they read even when it was let go", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1" }, { a: "v2" }]);
    await store.collect(all);
    const pin = { id: "one", holder: holder(1), targets: [{ environment: "prod", release: 1 }] };
    await store.pin(pin);
    await store.pin(pin);
    assert.deepEqual(await store.pins(), [{ ...pin, beat: 2 }]);
    assert.deepEqual(await store.keysOf(pin.targets), new Set(version("v1").files.map(({ key }) => key)));
    assert.deepEqual(
      await store.keysOf([{ environment: "nowhere", release: 7 }, { version: "v9" }]),
      new Set(),
    );
  }),
];

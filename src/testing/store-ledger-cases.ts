import assert from "node:assert/strict";
import type { LedgerPart } from "../store/store.ts";
import { alive, audit, begin, dead, holder, minute, version } from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

const part = (key: string, more: Partial<LedgerPart> = {}, context = "context"): LedgerPart => ({
  key,
  dataset: "shop.orders",
  file: {
    key: `shop.orders/${key}/part-0.parquet`,
    rows: 1,
    bytes: 100,
    sha256: `sha of ${key}`,
    columns: [],
    made: { context, from: ["a", "b"], span: [1, 2] },
  },
  at: minute(5),
  runId: "run-1",
  ...more,
});

const collection = { keep: 1, at: minute(99), isAlive: dead, isReading: () => true, apply: true };

/** The ledger of parts. */
export const ledgerCases: readonly StoreCase[] = [
  storeCase("parts are found by their context, and the first of a key stays", async (store) => {
    const lease = await begin(store, "prod", []);
    const first = part('p"1');
    await store.saveParts(lease, [first, part("p2", {}, "another")]);
    await store.saveParts(lease, [{ ...first, runId: "run-2" }, part("p3", { at: minute(6) })]);
    assert.deepEqual(await store.parts("context"), [part("p3", { at: minute(6) }), first]);
    assert.deepEqual(await store.parts("'; drop table parts; --"), []);
  }),
  storeCase("a lease that passed on enters nothing", async (store) => {
    const old = await begin(store, "prod", []);
    await store.acquire("prod", holder(2), dead);
    await refusal("lease-lost", store.saveParts(old, [part("p1")]));
    assert.deepEqual(await store.parts("context"), []);
  }),
  storeCase(
    "parts of unfinished work survive gc until a later version of their dataset is there",
    async (store) => {
      const lease = await begin(store, "prod", ["v1"]);
      await store.saveParts(lease, [part("p1"), part("p2", { dataset: "shop.items" })]);
      const key = part("p1").file.key;
      assert.ok((await store.collect(collection)).keys.has(key));
      assert.equal((await store.parts("context")).length, 2);
      await store.saveVersion(lease, version("v2", { createdAt: minute(7) }), audit("v2"));
      assert.ok(!(await store.collect({ ...collection, apply: false })).keys.has(key));
      assert.equal((await store.parts("context")).length, 2);
      await refusal("environment-busy", store.collect({ ...collection, isAlive: alive }));
      const { keys } = await store.collect(collection);
      assert.ok(keys.has(part("p2").file.key) && !keys.has(key));
      assert.deepEqual(
        (await store.parts("context")).map((one) => one.key),
        ["p2"],
      );
    },
  ),
  storeCase("parts whose files are lost are struck out", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.saveParts(lease, [part("p1"), part("p2")]);
    const stored = (await store.stored()).map(({ id, part: is = false }) => [id, is]);
    assert.deepEqual(stored, [
      ["v1", false],
      ["p1", true],
      ["p2", true],
    ]);
    await store.lose(["p1"], { at: minute(9), isAlive: dead });
    assert.deepEqual(
      (await store.parts("context")).map((one) => one.key),
      ["p2"],
    );
  }),
];

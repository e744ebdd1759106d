import assert from "node:assert/strict";
import type { Version } from "../graph/version.ts";
import type { Collection } from "../store/store.ts";
import {
  alive,
  audit,
  begin,
  dead,
  held,
  minute,
  publication,
  publishAll,
  version,
  versionsOf,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

const keeping = (keep: number, more: Partial<Collection> = {}): Collection => ({
  keep,
  at: minute(99),
  isAlive: dead,
  isReading: () => true,
  apply: true,
  ...more,
});

const idsOf = (versions: readonly { readonly id: string }[]): string[] =>
  versions.map(({ id }) => id).toSorted();

/** Letting go of old versions. */
export const collectCases: readonly StoreCase[] = [
  storeCase("only what no kept release of any environment points to is let go", async (store) => {
    const prod = await begin(store, "prod", ["v1", "v2", "v3", "v4", "unused"]);
    await publishAll(store, prod, [{ a: "v1" }, { a: "v2" }, { a: "v3" }]);
    const dev = await begin(store, "dev", []);
    await publishAll(store, dev, [{ a: "v1" }]);
    await store.hold(prod, { a: { ...held("a"), candidate: "v4" } }, []);
    const told = await store.collect(keeping(1, { apply: false }));
    assert.ok(idsOf(told.versions).includes("unused"));
    assert.ok(!["v1", "v3", "v4"].some((id) => idsOf(told.versions).includes(id)));
    assert.equal((await store.builds(["key of unused"])).size, 1);
    const done = await store.collect(keeping(1));
    assert.deepEqual(done, told);
    assert.equal((await store.builds(["key of unused"])).size, 0);
    assert.equal((await store.builds(["key of v1", "key of v3", "key of v4"])).size, 3);
    const [gone] = await store.versions(["unused"]);
    assert.equal(gone?.gone, minute(99));
    for (const id of ["v1", "v3", "v4"]) assert.ok(done.keys.has(version(id).files[0]?.key ?? ""));
    assert.ok(!done.keys.has(version("unused").files[0]?.key ?? ""));
    assert.deepEqual((await store.collect(keeping(1))).versions, []);
  }),
  storeCase("what a view reads stays as long as the view does, all the way down", async (store) => {
    const lease = await begin(store, "prod", ["a1", "a2", "b1"]);
    const view = (id: string, inputs: Version["inputs"]) =>
      store.saveVersion(lease, version(id, { files: [], query: "from a", inputs }), audit(id));
    await view("lower", { a: "a1" });
    await view("upper", { "s.lower": "lower", b: "b1" });
    await view("unused", { a: "a2" });
    await publishAll(store, lease, [{ v: "upper", a: "a1" }, { a: "a2" }, { a: null, v: "upper" }]);
    assert.deepEqual(
      (await store.stored()).filter(({ reads }) => reads).map(({ id, reads }) => [id, reads]),
      [
        ["lower", ["a1"]],
        ["unused", ["a2"]],
        ["upper", ["lower", "b1"]],
      ],
    );
    const done = await store.collect(keeping(1));
    assert.deepEqual(idsOf(done.versions), ["a2", "unused"]);
    for (const id of ["a1", "b1"]) assert.ok(done.keys.has(version(id).files[0]?.key ?? ""), id);
    const [kept] = await store.versions(["upper"]);
    assert.deepEqual([kept?.query, kept?.gone], ["from a", undefined]);
    assert.equal(await store.publish(lease, publication("prod", 3, { changes: { v: null } })), 4);
    assert.deepEqual(idsOf((await store.collect(keeping(1))).versions), ["a1", "b1", "lower", "upper"]);
  }),
  storeCase("a version that was let go can not be published", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1" }]);
    await store.collect(keeping(1));
    await refusal("version-gone", store.publish(lease, publication("prod", 1, { changes: { a: "v2" } })));
    assert.deepEqual(await store.environment("prod"), { name: "prod", release: 1 });
    const again = version("v5", { buildKey: "key of v2" });
    assert.equal(
      await store.saveVersion(lease, again, {
        version: "v5",
        auditFingerprint: "checks",
        verdict: { outcome: "good", results: [] },
      }),
      "v5",
    );
    assert.equal(await store.publish(lease, publication("prod", 1, { changes: { a: "v5" } })), 2);
  }),
  storeCase("nothing is let go while anybody writes", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await refusal("environment-busy", store.collect(keeping(1, { isAlive: alive })));
    assert.equal((await store.builds(["key of v1"])).size, 1);
    await store.yield(lease);
    assert.deepEqual(idsOf((await store.collect(keeping(1, { isAlive: alive }))).versions), ["v1"]);
  }),
  storeCase("what is lost is given up wherever it is pointed to, and can be built anew", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    await publishAll(store, lease, [{ a: "v1", b: "v2" }]);
    const listed = (await store.stored()).map(({ id, files }) => [id, files.length]);
    assert.deepEqual(listed, [
      ["v1", 1],
      ["v2", 1],
    ]);
    await refusal("environment-busy", store.lose(["v1"], { at: minute(9), isAlive: alive }));
    await store.lose(["v1"], { at: minute(9), isAlive: dead });
    assert.deepEqual(
      (await store.stored()).map(({ id }) => id),
      ["v2"],
    );
    assert.deepEqual(await versionsOf(store, "prod"), { a: "v1", b: "v2" });
    assert.equal((await store.versions(["v1"]))[0]?.gone, minute(9));
    assert.equal((await store.builds(["key of v1"])).size, 0);
  }),
];

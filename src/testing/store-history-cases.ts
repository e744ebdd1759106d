import assert from "node:assert/strict";
import fc from "fast-check";
import type { DatasetId } from "../graph/graph.ts";
import type { Publication, Store } from "../store/store.ts";
import { begin, event, publication, publishAll, versionsOf } from "./store-fixtures.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** Pointers at any release, in long histories and large environments. */
export const historyCases: readonly StoreCase[] = [
  storeCase("ten thousand datasets are published at once and read at any release", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    const all = Array.from({ length: 10_000 }, (_, at) => `schema_${at % 40}.dataset_${at}`);
    const some = all.filter((_, at) => at % 10 === 0);
    const every = (names: readonly string[], version: string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, version]));
    await store.publish(
      lease,
      publication("prod", 0, {
        changes: every(all, "v1"),
        events: all.map((dataset) => event("published", { dataset })),
      }),
    );
    // Often enough that pointers have been repeated in between.
    for (let base = 1; base <= 25; base += 1)
      await store.publish(
        lease,
        publication("prod", base, { changes: every(some, base % 2 === 0 ? "v1" : "v2") }),
      );
    assert.deepEqual(await versionsOf(store, "prod", 1), every(all, "v1"));
    assert.deepEqual(await versionsOf(store, "prod", 25), every(all, "v1"));
    for (const number of [2, 24, undefined]) {
      assert.deepEqual(await versionsOf(store, "prod", number), {
        ...every(all, "v1"),
        ...every(some, "v2"),
      });
    }
    assert.deepEqual((await store.release("prod", 23))?.changes, every(some, "v1"));
    const events = await store.events(0, 20_000);
    assert.deepEqual(
      events.map(({ dataset }) => dataset),
      all,
    );
  }),
  storeCase("the pointers at any release are those of a plain model", async (store) => {
    let environments = 0;
    const lease = await begin(store, "any", ["v1", "v2", "v3"]);
    await store.yield(lease);
    const moves = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d", "e"),
      fc.constantFrom("v1", "v2", "v3", null),
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(moves, { maxLength: 25 }), async (history) => {
        environments += 1;
        await followsModel(store, `environment ${environments}`, history);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }),
];

async function followsModel(
  store: Store,
  environment: string,
  history: readonly Publication["changes"][],
): Promise<void> {
  const lease = await begin(store, environment, []);
  await publishAll(store, lease, history);
  const model: Record<DatasetId, string> = {};
  for (const [at, changes] of history.entries()) {
    for (const [dataset, version] of Object.entries(changes)) {
      if (version === null) delete model[dataset];
      else model[dataset] = version;
    }
    assert.deepEqual(await versionsOf(store, environment, at + 1), model);
    assert.deepEqual((await store.release(environment, at + 1))?.changes, changes);
  }
  assert.deepEqual(await versionsOf(store, environment), model);
}

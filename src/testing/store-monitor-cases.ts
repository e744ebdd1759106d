import assert from "node:assert/strict";
import type { Profile } from "../graph/profile.ts";
import type { PublishedMeasures } from "../quality/monitors/monitor-point.ts";
import { audit, begin, dead, minute, publication, version } from "./store-fixtures.ts";
import { storeCase, type StoreCase } from "./store-subject.ts";

const profile: Profile = {
  rows: 3,
  sampled: 3,
  columns: [{ name: 'q"uote', nulls: 0, distinct: 1, top: [{ value: "zoë", share: 0.5 }], mean: 1e300 }],
};

const measured = (dataset: string, version: string, rows: number): PublishedMeasures => ({
  dataset,
  version,
  definition: "d1",
  measures: { rows, sampled: rows, columns: { 'q"uote': { nulls: 0.25 } } },
  findings: [],
});

/** What monitors know: what versions look like, what was measured release by release, and what people said of it. */
export const monitorCases: readonly StoreCase[] = [
  storeCase("a profile is kept with its version, and goes with its files", async (store) => {
    const lease = await begin(store, "prod", []);
    await store.saveVersion(lease, { ...version("v1"), profile }, audit("v1"));
    await store.saveVersion(lease, version("v2"), audit("v2"));
    const found = await store.profiles(["v1", "v2", "v3", "v1"]);
    assert.deepEqual([...found], [["v1", profile]]);
    const [read] = await store.versions(["v1"]);
    assert.equal(read?.profile, undefined);
    await store.collect({ keep: 1, at: minute(9), isAlive: dead, isReading: () => true, apply: true });
    assert.equal((await store.profiles(["v1"])).size, 0);
  }),
  storeCase("what was measured is the history of an environment, with what was said of it", async (store) => {
    const lease = await begin(store, "prod", ["v1", "v2"]);
    const move = (base: number, change: string, rows: number) =>
      store.publish(
        lease,
        publication("prod", base, { changes: { a: change }, measures: [measured("a", change, rows)] }),
      );
    await move(0, "v1", 10);
    await move(1, "v2", 20);
    const said = {
      environment: "prod",
      dataset: "a",
      version: "v1",
      at: minute(7),
      who: "zoë o'neil",
      why: "'",
    };
    await store.saveFeedback({ ...said, feedback: "real" });
    await store.saveFeedback({ ...said, feedback: "expected" });
    assert.deepEqual(await store.monitorFeedback("prod"), [{ ...said, feedback: "expected" }]);
    assert.deepEqual(await store.monitorFeedback("dev"), []);
    const points = (await store.monitorPoints("prod", ["a", "b", "a"], 9)).get("a") ?? [];
    assert.deepEqual(
      points.map(({ release, measures, feedback }) => [release, measures.rows, feedback]),
      [
        [1, 10, "expected"],
        [2, 20, undefined],
      ],
    );
    assert.deepEqual(points[0]?.measures, measured("a", "v1", 10).measures);
    assert.deepEqual(
      (await store.monitorPoints("prod", ["a"], 1)).get("a")?.map(({ release }) => release),
      [2],
    );
    assert.equal((await store.monitorPoints("dev", ["a"], 9)).size, 0);
  }),
];

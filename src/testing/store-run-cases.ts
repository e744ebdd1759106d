import assert from "node:assert/strict";
import { begin, dead, event, holder, minute, publication, run, version, audit } from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

const cancellation = { at: minute(3), who: "zoë o'neil", why: 'the "wrong" month' };

/** What runs tell of themselves, and what others ask of them. */
export const runCases: readonly StoreCase[] = [
  storeCase("what a run was asked for and how far it came is remembered", async (store) => {
    const lease = await begin(store, "prod", []);
    const record = run("run-1", lease, {
      who: "zoë o'neil",
      why: 'for "them"',
      select: "+raw.a",
      publish: "all",
      resumes: "run-0",
      planned: 3,
    });
    await store.beginRun(lease, record, [event("run.started", { runId: "run-1", data: { stages: [1, 2] } })]);
    assert.deepEqual(await store.runs(1), [record]);
    await store.noteRun(lease, "run-1", {
      finished: 2,
      events: [event("stage.finished", { runId: "run-1", dataset: "raw.a" })],
    });
    await store.endRun(
      lease,
      "run-1",
      { state: "failed", endedAt: minute(9), reason: "raw.a failed" },
      { finished: 1, events: [event("run.warned", { runId: "run-1" })] },
    );
    const ended = { state: "failed", endedAt: minute(9), reason: "raw.a failed", finished: 3 } as const;
    assert.deepEqual(await store.runs(1), [{ ...record, ...ended }]);
    assert.deepEqual(
      (await store.runEvents("run-1")).map(({ type, sequence }) => [sequence, type]),
      [
        [1, "run.started"],
        [2, "stage.finished"],
        [3, "run.warned"],
      ],
    );
    assert.deepEqual(await store.runEvents("run-2"), []);
  }),
  storeCase(
    "runs are found by environment, by state and by the beginning of their id, taken literally",
    async (store) => {
      const lease = await begin(store, "prod", []);
      for (const id of ["ab-1", "ab-2", "a%_3"]) await store.beginRun(lease, run(id, lease), []);
      await store.endRun(lease, "ab-1", { state: "unchanged", endedAt: minute(1) });
      const ids = async (filter: Parameters<typeof store.runs>[1]): Promise<string[]> =>
        (await store.runs(10, filter)).map(({ id }) => id);
      assert.deepEqual(await ids({ id: "ab-" }), ["ab-2", "ab-1"]);
      assert.deepEqual(await ids({ id: "%" }), []);
      assert.deepEqual(await ids({ id: "a%_" }), ["a%_3"]);
      assert.deepEqual(await ids({ state: "running" }), ["a%_3", "ab-2"]);
      assert.deepEqual(await ids({ state: "unchanged", environment: "prod" }), ["ab-1"]);
      assert.deepEqual(await ids({ environment: "dev" }), []);
    },
  ),
  storeCase(
    "a run hears with its next sign of life that it was asked to stop, and by whom",
    async (store) => {
      const lease = await begin(store, "prod", []);
      await store.beginRun(lease, run("run-1", lease), []);
      assert.equal(await store.beat(lease), undefined);
      assert.equal(await store.cancelRun("run-1", cancellation), true);
      assert.equal(await store.cancelRun("run-1", { ...cancellation, who: "paul" }), true);
      assert.deepEqual(await store.beat(lease), cancellation);
      assert.deepEqual((await store.runs(1))[0]?.cancellation, cancellation);
      assert.deepEqual(
        (await store.runEvents("run-1")).map(({ type, at, data }) => [type, at, data]),
        [["run.cancelled", cancellation.at, { who: cancellation.who, why: cancellation.why }]],
      );
      await store.endRun(lease, "run-1", { state: "interrupted", endedAt: minute(4) });
      assert.equal(await store.beat(lease), undefined);
      assert.equal(await store.cancelRun("run-1", cancellation), false);
      assert.equal(await store.cancelRun("run-9", cancellation), false);
    },
  ),
  storeCase("a cancelled run does not stop the one that took over from it", async (store) => {
    const first = await begin(store, "prod", []);
    await store.beginRun(first, run("run-1", first), []);
    await store.cancelRun("run-1", cancellation);
    const second = await store.acquire("prod", holder(2), dead);
    await store.beginRun(second, run("run-2", second), []);
    assert.equal(await store.beat(second), undefined);
    await refusal("lease-lost", store.noteRun(first, "run-1", { finished: 1, events: [event("late")] }));
    assert.deepEqual(await store.events(1, 10), []);
  }),
  storeCase("a run that ended stays as it ended, whoever comes later", async (store) => {
    const lease = await begin(store, "prod", []);
    await store.beginRun(lease, run("run-1", lease), []);
    await store.endRun(lease, "run-1", { state: "interrupted", endedAt: minute(4), reason: "Ctrl-C" });
    await store.endRun(lease, "run-1", { state: "superseded", endedAt: minute(5) });
    assert.deepEqual(await store.runs(1), [
      run("run-1", lease, { state: "interrupted", endedAt: minute(4), reason: "Ctrl-C" }),
    ]);
  }),
  storeCase("a run that published and died before it said so is known to have published", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.beginRun(lease, run("run-1", lease), []);
    await store.publish(lease, publication("prod", 0, { runId: "run-1", changes: { a: "v1" } }));
    assert.deepEqual(await store.runs(1), [run("run-1", lease, { release: 1 })]);
  }),
  storeCase("the versions that a run recorded are known by it, until they are let go", async (store) => {
    const lease = await begin(store, "prod", []);
    for (const [id, runId] of [
      ["v1", "run-1"],
      ["v2", "run-2"],
    ] as const)
      await store.saveVersion(lease, version(id, { runId, dataset: `raw.${id}` }), audit(id));
    assert.deepEqual(await store.builtBy("run-1"), new Map([["raw.v1", "v1"]]));
    await store.collect({ keep: 1, at: minute(9), isAlive: dead, isReading: () => true, apply: true });
    assert.deepEqual(await store.builtBy("run-1"), new Map());
  }),
];

import assert from "node:assert/strict";
import type { Version } from "../graph/version.ts";
import {
  audit,
  begin,
  dead,
  event,
  graph,
  holder,
  minute,
  publishAll,
  run,
  version,
} from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** Text that breaks whoever pastes it into SQL, JSON or a path. */
const hostile = `o'neil "); drop table versions; -- \\ \u2028 ünï 漢字 🚰 \n %_*`;

const fromSource: Partial<Version> = {
  manifest: {
    files: [
      {
        name: `landing/${hostile}.json`,
        bytes: 12,
        modified: "1767225600123456789",
        sha256: "cd",
        counts: { received: 3, accepted: 2, quarantined: 1, rejected: 0 },
      },
    ],
    cursor: { after: "2026-01-01", deep: [1, null, { page: true }] },
    raw: [{ key: "raw.orders/v1/raw-0.parquet", rows: 3, bytes: 90, sha256: "ef", columns: [] }],
  },
  counts: { received: 3, accepted: 2, quarantined: 1, rejected: 0 },
  quarantine: [{ key: "raw.orders/v1/quarantine-0.parquet", rows: 1, bytes: 70, sha256: "01", columns: [] }],
};

/** What is recorded beside releases: versions, audits, projects, runs, events. */
export const recordCases: readonly StoreCase[] = [
  storeCase("a version comes back as it was saved", async (store) => {
    const lease = await begin(store, "prod", []);
    const plain = version("v1");
    const full = version(`v2 ${hostile}`, {
      ...fromSource,
      dataset: `raw.${hostile}`,
      rows: 2 ** 40,
      bytes: Number.MAX_SAFE_INTEGER,
      columns: [{ name: hostile, engineType: "DECIMAL(18,2)", nulls: 7, min: hostile, max: "" }],
      inputs: { [`raw.${hostile}`]: "v1" },
      elapsed: 0.25,
    });
    await store.saveVersion(lease, plain, audit(plain.id));
    await store.saveVersion(lease, full, audit(full.id));
    assert.deepEqual(await store.versions([full.id, plain.id]), [full, plain]);
  }),
  storeCase("versions come in the order they are asked for, also twice", async (store) => {
    await begin(store, "prod", ["a", "b", "c"]);
    const asked = ["c", "a", "c", "b"];
    assert.deepEqual(
      (await store.versions(asked)).map(({ id }) => id),
      asked,
    );
    assert.deepEqual(await store.versions([]), []);
  }),
  storeCase("the history of builds is told by dataset, newest first", async (store) => {
    const lease = await begin(store, "prod", []);
    for (const [at, rows] of [3, 5, 8, 13].entries()) {
      const id = `v${at}`;
      const made = { rows, bytes: rows * 10, elapsed: rows / 2, createdAt: minute(at) };
      await store.saveVersion(lease, version(id, { dataset: hostile, ...made }), audit(id));
    }
    await store.saveVersion(lease, version("other"), audit("other"));
    const history = await store.builtBefore([hostile, "unknown.dataset"], 3);
    assert.deepEqual([...history.keys()], [hostile]);
    assert.deepEqual(
      history.get(hostile)?.map(({ rows, bytes, elapsed }) => [rows, bytes, elapsed]),
      [
        [13, 130, 6.5],
        [8, 80, 4],
        [5, 50, 2.5],
      ],
    );
  }),
  storeCase("a version tells which environments point to it", async (store) => {
    const dev = await begin(store, "dev", ["a", "b"]);
    await publishAll(store, dev, [{ "raw.orders": "a", "shop.revenue": "b" }]);
    const prod = await begin(store, "prod", []);
    await publishAll(store, prod, [{ "raw.orders": "a" }, { "raw.orders": "b" }]);
    assert.deepEqual(
      await store.pointingTo(["a", "b", "c"]),
      new Map([
        ["a", ["dev"]],
        ["b", ["dev", "prod"]],
      ]),
    );
  }),
  storeCase("asking for a version that was never saved tells that the state is damaged", async (store) => {
    await begin(store, "prod", ["a"]);
    const error = await refusal("state-damaged", store.versions(["a", "gone"]));
    assert.ok(error.message.includes("gone"));
  }),
  storeCase("thousands of versions, builds and audits are read at once", async (store) => {
    await begin(store, "prod", ["a", "b"]);
    const many = Array.from({ length: 20_000 }, (_, at) => (at % 2 === 0 ? "a" : "b"));
    assert.deepEqual(
      (await store.versions(many)).map(({ id }) => id),
      many,
    );
    const keys = Array.from({ length: 20_000 }, (_, at) => (at === 19_999 ? "key of b" : `unknown ${at}`));
    assert.deepEqual([...(await store.builds(keys)).keys()], ["key of b"]);
    assert.equal(
      (await store.audits(Array.from({ length: 20_000 }, (_, at) => (at === 5 ? "a" : `unknown ${at}`))))
        .length,
      1,
    );
  }),
  storeCase("the first version with a build key wins, and its id is returned", async (store) => {
    const lease = await begin(store, "prod", []);
    const second = version("second", { buildKey: "key of first" });
    assert.equal(await store.saveVersion(lease, version("first"), audit("first")), "first");
    assert.equal(await store.saveVersion(lease, second, audit("second")), "first");
    assert.deepEqual(await store.builds(["key of first"]), new Map([["key of first", version("first")]]));
    await refusal("state-damaged", store.versions(["second"]));
  }),
  storeCase("a losing version passes its verdict on only where the content is the same", async (store) => {
    const lease = await begin(store, "prod", ["first"]);
    const verdict = { outcome: "warned", results: [] } as const;
    const same = version("same", { buildKey: "key of first", contentHash: "content of first" });
    await store.saveVersion(lease, same, audit("same", { auditFingerprint: "newer checks", verdict }));
    const other = version("other", { buildKey: "key of first" });
    await store.saveVersion(lease, other, audit("other", { auditFingerprint: "newest checks", verdict }));
    const audits = await store.audits(["first", "same", "other"]);
    assert.deepEqual(audits.map((known) => `${known.auditFingerprint} of ${known.version}`).toSorted(), [
      "checks of first",
      "newer checks of first",
    ]);
  }),
  storeCase(
    "a build is found in any environment, by its own key and by others that lead to it",
    async (store) => {
      await begin(store, "prod", ["v1"]);
      const dev = await begin(store, "dev", ["v2"]);
      await store.alias(dev, hostile, "v1");
      await store.alias(dev, hostile, "v2");
      await store.alias(dev, "key of v2", "v1");
      const builds = await store.builds([hostile, "key of v1", "key of v2", "unknown"]);
      assert.deepEqual(Object.fromEntries([...builds].map(([key, found]) => [key, found.id])), {
        [hostile]: "v1",
        "key of v1": "v1",
        "key of v2": "v2",
      });
      assert.equal(await store.saveVersion(dev, version("v3", { buildKey: hostile }), audit("v3")), "v1");
      await assert.rejects(store.alias(dev, "a key", "never saved"));
    },
  ),
  storeCase(
    "an audit comes back as it was saved; a later one on the same checks replaces it",
    async (store) => {
      const lease = await begin(store, "prod", ["v1"]);
      const stopped = audit("v1", {
        verdict: {
          outcome: "stopped",
          results: [
            {
              name: hostile,
              check: "quarantine",
              severity: "stop",
              passed: false,
              value: 0.25,
              message: hostile,
              sample: [{ id: null }],
            },
          ],
        },
      });
      await store.saveAudit(lease, stopped);
      assert.deepEqual(await store.audits(["v1"]), [stopped]);
      await store.saveAudit(lease, audit("v1", { auditFingerprint: "other checks" }));
      assert.equal((await store.audits(["v1"])).length, 2);
      assert.deepEqual(await store.audits([]), []);
      await assert.rejects(store.saveAudit(lease, audit("never saved")));
    },
  ),
  storeCase("a compiled project comes back as it was saved; the hash stays with the first", async (store) => {
    const project = { ...graph, project: { ...graph.project, name: hostile } };
    await store.saveGraph("hash", project);
    await store.saveGraph("hash", graph);
    assert.deepEqual(await store.graph("hash"), project);
    assert.equal(await store.graph("unknown"), undefined);
  }),
  storeCase(
    "runs are listed newest first, whatever their clocks said, and end as they ended",
    async (store) => {
      const lease = await begin(store, "prod", []);
      const dev = await begin(store, "dev", []);
      await store.beginRun(lease, run("first", lease, { startedAt: minute(30) }), []);
      await store.beginRun(dev, run("second", dev, { startedAt: minute(10) }), []);
      await store.beginRun(lease, run("third", lease, { startedAt: minute(20) }), []);
      await store.endRun(lease, "first", { state: "published", endedAt: minute(40), release: 3 });
      await store.endRun(dev, "third", { state: "failed", endedAt: minute(40) });
      assert.deepEqual(await store.runs(10), [
        run("third", lease, { startedAt: minute(20) }),
        run("second", dev, { startedAt: minute(10) }),
        run("first", lease, { startedAt: minute(30), state: "published", endedAt: minute(40), release: 3 }),
      ]);
      assert.deepEqual(
        (await store.runs(1)).map(({ id }) => id),
        ["third"],
      );
    },
  ),
  storeCase("what the dead left running can be ended by whoever takes over", async (store) => {
    const first = await store.acquire("prod", holder(1), dead);
    await store.beginRun(first, run("run-1", first), []);
    const second = await store.acquire("prod", holder(2), dead);
    await store.endRun(second, "run-1", { state: "interrupted", endedAt: minute(5) });
    assert.deepEqual(await store.runs(1), [
      run("run-1", first, { state: "interrupted", endedAt: minute(5) }),
    ]);
  }),
  storeCase("events are numbered from 1 without gaps, and read on from any of them", async (store) => {
    const lease = await begin(store, "prod", []);
    const news = [
      event("one", {
        environment: "prod",
        runId: "run-1",
        dataset: hostile,
        data: { text: hostile, none: null, list: [1, { a: 0.1 }] },
      }),
      event("two", { at: minute(-5) }),
      event("three"),
    ];
    await store.hold(lease, {}, news.slice(0, 1));
    await store.hold(lease, {}, []);
    await store.hold(lease, {}, news.slice(1));
    assert.deepEqual(
      await store.events(0, 10),
      news.map((one, at) => ({ sequence: at + 1, ...one })),
    );
    assert.deepEqual(
      (await store.events(1, 1)).map(({ sequence }) => sequence),
      [2],
    );
    assert.deepEqual(await store.events(3, 10), []);
  }),
  storeCase("what settled an environment is remembered for each, until it settles anew", async (store) => {
    const prod = await begin(store, "prod", []);
    const dev = await begin(store, "dev", []);
    const settled = {
      environment: "prod",
      release: 4,
      project: hostile,
      patterns: [[hostile], []],
      landing: "l",
      datasets: ["raw.a"],
      rows: { "raw.a": { received: 2, accepted: 1, quarantined: 1, rejected: 0 } },
    };
    await store.settle(prod, { ...settled, release: 3 });
    await store.settle(dev, { ...settled, environment: "dev" });
    await store.settle(prod, settled);
    assert.deepEqual(await store.settled("prod"), settled);
    assert.equal(await store.settled("test"), undefined);
    // A run that ends says so with its end.
    const end = { state: "unchanged", endedAt: minute(9) } as const;
    await store.endRun(prod, "run-1", { ...end, settled: { ...settled, release: 5 } });
    assert.equal((await store.settled("prod"))?.release, 5);
    await store.endRun(prod, "run-2", end);
    assert.equal((await store.settled("prod"))?.release, 5);
  }),
  storeCase("what one connection wrote, another reads", async (store, subject) => {
    await begin(store, "prod", ["v1"]);
    const other = await subject.open();
    try {
      assert.deepEqual(await other.versions(["v1"]), [version("v1")]);
      assert.deepEqual(await other.graph("graph-1"), graph);
    } finally {
      await other.close();
    }
  }),
];

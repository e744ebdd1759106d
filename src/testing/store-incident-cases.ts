import assert from "node:assert/strict";
import type { Observation } from "../flow/observation.ts";
import type { Lease, Store } from "../store/store.ts";
import { race, startChild } from "./start-child.ts";
import { begin, dead, held, holder, minute, publication } from "./store-fixtures.ts";
import { refusal } from "./refusal.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

/** What a run sees of `a`: that a check stops it, or that nothing is wrong any more. */
const look = (environment: string, isWrong: boolean, more: Partial<Observation> = {}): Observation => ({
  environment,
  at: minute(7),
  who: "maria",
  runId: "run-1",
  found: isWrong
    ? [
        {
          dataset: "a",
          check: 'it\'s "odd"',
          kind: "sql",
          severity: "stop",
          message: "2 rows offend",
          value: 2,
          version: "v1",
          below: [],
        },
      ]
    : [],
  judged: new Set(["a"]),
  standing: new Map(),
  repairs: true,
  held: isWrong ? { a: { by: "a" } } : {},
  datasets: new Set(["a"]),
  touched: new Map(),
  ...more,
});

/** What stands in the way of the flow: derived in the transaction that publishes, or not at all. */
export const incidentCases: readonly StoreCase[] = [
  storeCase("an incident opens, goes on and is resolved with what a run makes true", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    await store.hold(lease, { a: held("a") }, [], look("prod", true));
    await store.hold(lease, { a: held("a") }, [], look("prod", true, { runId: "run-2", at: minute(9) }));
    const [open] = await store.incidents(10, { unresolved: true });
    assert.equal(open?.id, 1);
    assert.equal(open.occurrences, 2);
    assert.deepEqual(open.lastSeen, { at: minute(9), runId: "run-2" });
    assert.deepEqual(await store.incidents(10, { runId: "run-1" }), []);
    assert.deepEqual(await store.incidents(10, { runId: "run-2" }), [open]);
    const good = publication("prod", 0, { changes: { a: "v1" }, observation: look("prod", false) });
    await store.publish(lease, good);
    assert.deepEqual(await store.incidents(10, { unresolved: true }), []);
    const [resolved] = await store.incidents(10, { id: 1 });
    assert.equal(resolved?.resolved?.release, 1);
    const events = await store.events(0, 10);
    assert.deepEqual(
      events.map(({ sequence, type, environment, dataset, data }) => [
        sequence,
        type,
        environment,
        dataset,
        data["incident"],
      ]),
      [
        [1, "incident.opened", "prod", "a", 1],
        [2, "incident.seen", "prod", "a", 1],
        [3, "incident.resolved", "prod", "a", 1],
      ],
    );
  }),
  storeCase("what is not published opens nothing, and takes no number", async (store) => {
    const lease = await begin(store, "prod", ["v1"]);
    const late = publication("prod", 5, { changes: { a: "v1" }, observation: look("prod", true) });
    await refusal("base-moved", store.publish(lease, late));
    await store.acquire("prod", holder(2), dead);
    await refusal("lease-lost", store.hold(lease, {}, [], look("prod", true)));
    assert.deepEqual(await store.incidents(10), []);
    assert.deepEqual(await store.events(0, 10), []);
    const next = await store.acquire("prod", holder(2), dead);
    await store.hold(next, {}, [], look("prod", true));
    assert.deepEqual(
      (await store.incidents(10)).map(({ id }) => id),
      [1],
    );
  }),
  storeCase("each environment has its own, under one row of numbers", async (store) => {
    for (const environment of ["dev", "prod"]) {
      const lease = await begin(store, environment, []);
      await store.hold(lease, {}, [], look(environment, true));
    }
    const dev = await store.acquire("dev", holder(2), dead);
    await store.hold(dev, {}, [], look("dev", false));
    assert.deepEqual(
      (await store.incidents(10)).map(({ id, environment, state }) => [id, environment, state]),
      [
        [2, "prod", "open"],
        [1, "dev", "resolved"],
      ],
    );
    assert.deepEqual(
      (await store.incidents(10, { environment: "prod" })).map(({ id }) => id),
      [2],
    );
    assert.deepEqual(
      (await store.incidents(1)).map(({ id }) => id),
      [2],
    );
  }),
  storeCase("people acknowledge, assign and resolve, until it is resolved", async (store) => {
    const lease = await begin(store, "prod", []);
    await store.hold(lease, {}, [], look("prod", true));
    const by = { at: minute(8), who: "zoë o'neil" };
    assert.equal(
      await store.actOnIncident(7, { ...by, change: { what: "acknowledged", why: "" } }),
      undefined,
    );
    const noted = await store.actOnIncident(1, { ...by, change: { what: "acknowledged", why: "asked" } });
    assert.deepEqual(noted?.acknowledged, { ...by, why: "asked" });
    const handed = await store.actOnIncident(1, {
      ...by,
      change: { what: "assigned", owner: "ops", why: "" },
    });
    assert.equal(handed?.owner, "ops");
    const over = await store.actOnIncident(1, {
      ...by,
      change: { what: "resolved", why: "fine", by: "person" },
    });
    assert.equal(over?.state, "resolved");
    const late = await store.actOnIncident(1, {
      at: minute(9),
      who: "max",
      change: { what: "resolved", why: "too late", by: "person" },
    });
    assert.deepEqual(late, over);
    assert.deepEqual(await store.incidents(10), [over]);
    await store.hold(lease, {}, [], look("prod", true));
    assert.deepEqual(
      (await store.incidents(10)).map(({ id, state }) => [id, state]),
      [
        [2, "open"],
        [1, "resolved"],
      ],
    );
  }),
  storeCase("nothing is lost when runs and people change one incident at once", async (store, { opener }) => {
    const lease = await begin(store, "prod", []);
    await store.hold(lease, {}, [], look("prod", true));
    const acts = ["ops", "data", "shop"].map((owner) => ({ owner }));
    const ends = await race(opener, seeOrAssign, [{ lease }, ...acts, { lease }]);
    assert.deepEqual(
      ends.map(({ kind }) => kind),
      ["result", "result", "result", "result", "result"],
    );
    const [incident] = await store.incidents(10);
    assert.equal(incident?.occurrences, 1 + 2 * 10);
    assert.equal(incident.timeline.filter(({ what }) => what === "assigned").length, 3 * 10);
  }),
  storeCase(
    "kill -9 at any moment of publishing: one incident, seen as often as was published",
    async (store, { opener }) => {
      const first = await begin(store, "prod", []);
      await store.hold(first, {}, [], look("prod", true));
      let told = 1;
      for (let round = 0; round < 5; round += 1) {
        const lease = await store.acquire("prod", holder(round), dead);
        const child = await startChild(opener, seeForever, { lease });
        child.go();
        await child.tells(1 + round);
        await new Promise((resolve) => setTimeout(resolve, round));
        child.kill();
        await child.end;
        const [incident, ...others] = await store.incidents(10);
        const events = await store.events(0, 100_000);
        assert.deepEqual(others, []);
        // A publication of which nobody was told any more is in, or it is not.
        const times = incident?.occurrences ?? 0;
        assert.ok(times === told + child.told.length || times === told + child.told.length + 1, `${times}`);
        assert.equal(events.filter(({ type }) => type.startsWith("incident.")).length, times);
        told = times;
      }
    },
  ),
];

// What other processes do. Each is handed over as text: it may name nothing from this file.

async function seeOrAssign(
  store: Store,
  input: { readonly lease?: Lease; readonly owner?: string },
): Promise<void> {
  const finding = { dataset: "a", check: 'it\'s "odd"', kind: "sql", message: "2 rows offend", value: 2 };
  for (let round = 0; round < 10; round += 1) {
    if (input.lease === undefined) {
      const change = { what: "assigned", owner: input.owner ?? "", why: "" } as const;
      await store.actOnIncident(1, { at: "2026-01-01T00:00:00.000Z", who: "zoë", change });
    } else {
      await store.hold(input.lease, {}, [], {
        environment: "prod",
        at: "2026-01-01T00:00:00.000Z",
        who: "maria",
        found: [{ ...finding, severity: "stop", version: "v1", below: [] }],
        judged: new Set(["a"]),
        standing: new Map(),
        repairs: true,
        held: {},
        datasets: new Set(["a"]),
        touched: new Map(),
      });
    }
  }
}

async function seeForever(
  store: Store,
  input: { readonly lease: Lease },
  tell: (news: unknown) => void,
): Promise<void> {
  const finding = { dataset: "a", check: 'it\'s "odd"', kind: "sql", message: "2 rows offend", value: 2 };
  for (;;) {
    await store.hold(input.lease, {}, [], {
      environment: "prod",
      at: "2026-01-01T00:00:00.000Z",
      who: "maria",
      found: [{ ...finding, severity: "stop", version: "v1", below: [] }],
      judged: new Set(["a"]),
      standing: new Map(),
      repairs: true,
      held: {},
      datasets: new Set(["a"]),
      touched: new Map(),
    });
    tell("once more");
  }
}

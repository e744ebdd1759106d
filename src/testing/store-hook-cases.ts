import assert from "node:assert/strict";
import type { Lease, Store } from "../store/store.ts";
import { race } from "./start-child.ts";
import { begin, event, minute } from "./store-fixtures.ts";
import { storeCase } from "./store-subject.ts";
import type { StoreCase } from "./store-subject.ts";

const taking = { at: minute(10), until: minute(11), limit: 100 };
const alerts = { hook: "alerts", on: ["incident.opened", "incident.resolved"] };

/** Append events, as what happens does. */
const happen = (store: Store, lease: Lease, ...types: readonly string[]): Promise<void> =>
  store.hold(
    lease,
    {},
    types.map((type) => event(type, { environment: lease.environment })),
  );

const sequences = (deliveries: Awaited<ReturnType<Store["takeDeliveries"]>>): readonly number[] =>
  deliveries.map((delivery) => delivery.event.sequence);

/** What hooks have to be told of. */
export const hookCases: readonly StoreCase[] = [
  storeCase("a hook hears of what it asked for, from when it was there", async (store) => {
    const lease = await begin(store, "prod", []);
    await happen(store, lease, "incident.opened");
    await store.subscribe(["alerts"]);
    await happen(store, lease, "incident.opened", "incident.seen", "incident.resolved");
    await store.subscribe(["alerts"]);
    const due = await store.takeDeliveries([alerts], taking);
    assert.deepEqual(sequences(due), [2, 4]);
    assert.deepEqual(
      due.map(({ hook, attempts, isGivenUp }) => [hook, attempts, isGivenUp]),
      [
        ["alerts", 0, false],
        ["alerts", 0, false],
      ],
    );
    const prodOnly = { ...alerts, hook: "prod-only", environments: ["prod"] };
    await store.subscribe(["prod-only"]);
    const dev = await begin(store, "dev's", []);
    await happen(store, dev, "incident.opened");
    await happen(store, lease, "incident.opened");
    assert.deepEqual(sequences(await store.takeDeliveries([prodOnly], taking)), [6]);
  }),
  storeCase("what is taken is nobody else's until its time, and then it is due again", async (store) => {
    const lease = await begin(store, "prod", []);
    await store.subscribe(["alerts"]);
    await happen(store, lease, "incident.opened", "incident.resolved");
    assert.deepEqual(sequences(await store.takeDeliveries([alerts], { ...taking, limit: 1 })), [1]);
    assert.deepEqual(sequences(await store.takeDeliveries([alerts], taking)), [2]);
    assert.deepEqual(await store.takeDeliveries([alerts], taking), []);
    const later = { at: minute(11), until: minute(12), limit: 100 };
    assert.deepEqual(sequences(await store.takeDeliveries([alerts], later)), [1, 2]);
  }),
  storeCase(
    "what arrived is done with; what did not waits, and may be given up and asked for again",
    async (store) => {
      const lease = await begin(store, "prod", []);
      await store.subscribe(["alerts"]);
      await happen(store, lease, "incident.opened", "incident.resolved");
      await store.takeDeliveries([alerts], taking);
      const failed = { hook: "alerts", arrived: false, attempts: 1, problem: 'it said "no"' } as const;
      await store.settleDeliveries([
        { hook: "alerts", sequence: 1, arrived: true },
        { ...failed, sequence: 2, dueAt: minute(30), isGivenUp: false },
      ]);
      assert.deepEqual(await store.takeDeliveries([alerts], { ...taking, at: minute(29) }), []);
      const [waiting, ...others] = await store.deliveries(10);
      assert.deepEqual(others, []);
      assert.equal(waiting?.problem, 'it said "no"');
      await store.settleDeliveries([{ ...failed, sequence: 2, dueAt: minute(30), isGivenUp: true }]);
      assert.deepEqual(await store.takeDeliveries([alerts], { ...taking, at: minute(99) }), []);
      assert.equal(await store.redeliver(minute(12), "others"), 0);
      assert.equal(await store.redeliver(minute(12), "alerts"), 1);
      const again = await store.takeDeliveries([alerts], { ...taking, at: minute(12) });
      assert.deepEqual(
        again.map(({ attempts, isGivenUp }) => [attempts, isGivenUp]),
        [[0, false]],
      );
    },
  ),
  storeCase(
    "a hook that is let go leaves nothing that waits, and is new when it comes back",
    async (store) => {
      const lease = await begin(store, "prod", []);
      await store.subscribe(["alerts", "others"]);
      await happen(store, lease, "incident.opened", "incident.resolved");
      const others = { ...alerts, hook: "others" };
      await store.takeDeliveries([alerts, others], { ...taking, limit: 4 });
      await happen(store, lease, "incident.opened");
      assert.equal(await store.unsubscribe("alerts"), 2);
      assert.equal(await store.unsubscribe("alerts"), 0);
      assert.equal(await store.unsubscribe("nobody"), 0);
      const late = { at: minute(12), until: minute(13), limit: 100 };
      assert.deepEqual(sequences(await store.takeDeliveries([alerts, others], late)), [1, 2, 3]);
      // Whoever had taken something of it may still say what came of it.
      await store.settleDeliveries([{ hook: "alerts", sequence: 1, arrived: true }]);
      await store.subscribe(["alerts"]);
      await happen(store, lease, "incident.resolved");
      assert.deepEqual(sequences(await store.takeDeliveries([alerts], late)), [4]);
    },
  ),
  storeCase("of four processes that take at once, each message is one's own", async (store, { opener }) => {
    const lease = await begin(store, "prod", []);
    await store.subscribe(["alerts"]);
    await happen(store, lease, ...Array.from({ length: 40 }, () => "incident.opened"));
    const ends = await race(opener, take, [1, 2, 3, 4]);
    const taken = ends.flatMap((end) => (end.kind === "result" ? end.result : assert.fail(end.kind)));
    assert.deepEqual(
      taken.toSorted((a, b) => a - b),
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
  }),
];

// What other processes do. It is handed over as text: it may name nothing from this file.

async function take(store: Store): Promise<readonly number[]> {
  const taken: number[] = [];
  for (;;) {
    const due = await store.takeDeliveries([{ hook: "alerts", on: ["incident.opened"] }], {
      at: "2026-01-01T00:10:00.000Z",
      until: "2026-01-01T00:11:00.000Z",
      limit: 3,
    });
    if (due.length === 0) return taken;
    taken.push(...due.map((delivery) => delivery.event.sequence));
  }
}

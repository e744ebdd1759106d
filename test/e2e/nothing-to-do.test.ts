/** What is not needed is not done: unchanged work, and changes that do not change data. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { board, csv, orders, revenue, shop, tuesday } from "./shop-project.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const nothing = { code: 0, release: null, built: [], held: [], failed: [] };

describe("a second run", () => {
  test("builds nothing, publishes nothing and says so", async () => {
    const before = await project.snapshot(".sluice/data");
    expect(await project.run()).toMatchObject({ ...nothing, current: 1 });
    const said = await project.sluice(["run"]);
    expect(said).toMatchObject({ code: 0, stdout: "Nothing to do: dev is at release 1.\n" });
    expect(await project.plan()).toMatchObject({ changes: [] });
    expect(await project.snapshot(".sluice/data")).toEqual(before);
    expect(await project.releases()).toHaveLength(1);
  });
});

describe("the files of a source", () => {
  /** Orders by id, as readers see them. */
  const products = async (): Promise<readonly unknown[]> =>
    (await project.query("select product from raw.orders order by id")).map(({ product }) => product);

  test("one that was merely touched is not read again", async () => {
    const before = await project.snapshot(".sluice/data");
    await project.touch("landing/orders/monday.csv");
    expect(await project.run()).toMatchObject(nothing);
    expect(await project.snapshot(".sluice/data")).toEqual(before);
    // And from then on it is known again.
    expect((await project.plan()).changes).toEqual([]);
  });

  test("a new one is read alone", async () => {
    const before = await project.snapshot(".sluice/data");
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, release: 2, built: ["raw.orders", "shop.revenue"] });
    expect(ran.rows["raw.orders"]).toEqual({ received: 5, accepted: 5, quarantined: 0, rejected: 0 });
    const read = ran.events.find(({ type, dataset }) => type === "finished" && dataset === "raw.orders");
    expect(read?.["delivery"]).toEqual({ received: 2, accepted: 2, quarantined: 0, rejected: 0 });
    // What was written before is taken over as it lies.
    expect(await project.snapshot(".sluice/data")).toEqual(expect.arrayContaining([...before]));
    expect(await products()).toEqual(["espresso", "cortado", "espresso", "flat white", "espresso"]);
  });

  test("a changed one has its rows replaced", async () => {
    await project.write({ "landing/orders/tuesday.csv": csv("4,2026-03-03,ristretto,2.20") });
    const ran = await project.run();
    expect(ran.rows["raw.orders"]).toEqual({ received: 4, accepted: 4, quarantined: 0, rejected: 0 });
    expect(await products()).toEqual(["espresso", "cortado", "espresso", "ristretto"]);
  });

  test("a removed one has its rows removed, without reading anything", async () => {
    await project.write({ "landing/orders/tuesday.csv": null });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [] });
    expect(ran.rows["raw.orders"]).toEqual({ received: 3, accepted: 3, quarantined: 0, rejected: 0 });
    expect(await products()).toEqual(["espresso", "cortado", "espresso"]);
  });

  test("one that comes back is not even read", async () => {
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    expect(await project.run()).toMatchObject({ code: 0, built: [], failed: [] });
    expect(await products()).toHaveLength(5);
    await project.write({ "landing/orders/tuesday.csv": null });
    expect(await project.run()).toMatchObject({ code: 0, built: [], failed: [] });
  });
});

describe("a definition", () => {
  test("that is only formatted otherwise needs nothing", async () => {
    const reformatted = revenue
      .replace("select day, ", "-- per day\nSELECT\n  day,\n  /* money */ ")
      .replace("group by day", "GROUP   BY day");
    await project.write({
      "models/shop/revenue.sql": reformatted,
      "sources/raw/orders.ts": `// A comment.\n${orders}`,
    });
    expect((await project.plan()).changes).toEqual([]);
    expect(await project.run()).toMatchObject(nothing);
  });

  test("whose words change is not built again, and recorded in a release that moves no data", async () => {
    const before = await project.snapshot(".sluice/data");
    const [last] = await project.releases();
    await project.write({
      "models/shop/revenue.sql": revenue
        .replace("What was earned", "What came in")
        .replace("finance", "accounting"),
      "consumers/board.ts": board.replace("board-of-directors", "owner"),
    });
    const planned = await project.sluice(["plan"]);
    expect(planned).toMatchObject({ code: 2 });
    expect(planned.stdout).toContain("a run records what the project says anew");
    expect(planned.stdout).toContain("consumer board: changed");
    const release = Number(last?.["release"]) + 1;
    expect(await project.run()).toMatchObject({ ...nothing, release });
    expect((await project.releases())[0]).toMatchObject({ release, changes: {} });
    const { stdout } = await project.sluice(["show", "shop.revenue"]);
    expect(stdout).toContain("accounting");
    expect((await project.sluice(["releases"])).stdout).toContain("no data moved");
    expect(await project.sluice(["plan"])).toMatchObject({ code: 0 });
    expect(await project.run()).toMatchObject(nothing);
    expect(await project.snapshot(".sluice/data")).toEqual(before);
  });

  test("is promoted with its words, whatever data there is", async () => {
    expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
    await project.write({ "consumers/board.ts": board.replace("board-of-directors", "somebody") });
    expect(await project.sluice(["plan", "--env", "prod"])).toMatchObject({ code: 2 });
    expect(await project.run()).toMatchObject({ code: 0, built: [], held: [] });
    const promoted = await project.sluice(["promote", "dev", "prod"]);
    expect(promoted).toMatchObject({ code: 0 });
    expect(promoted.stdout).toContain("published to prod");
    expect(await project.sluice(["plan", "--env", "prod"])).toMatchObject({ code: 0 });
    expect((await project.sluice(["promote", "dev", "prod"])).stdout).toContain("Nothing to do");
  });

  test("whose checks change is audited again, where it lies", async () => {
    const before = await project.snapshot(".sluice/data");
    await project.write({
      "models/shop/revenue.sql": revenue.replace("row_count: { min: 1 }", "row_count: { min: 1, max: 400 }"),
    });
    expect((await project.plan()).changes).toMatchObject([
      { dataset: "shop.revenue", action: "audit", why: "checks changed" },
    ]);
    expect(await project.run()).toMatchObject({ code: 0, built: [], held: [], failed: [] });
    expect(await project.snapshot(".sluice/data")).toEqual(before);
    expect((await project.plan()).changes).toEqual([]);
  });

  test("whose new check fails is held at what is published, without being built", async () => {
    await project.write({ "models/shop/revenue.sql": revenue.replace("min: 1 }", "min: 300 }") });
    const ran = await project.run();
    expect(ran).toMatchObject({
      code: 1,
      release: null,
      built: [],
      failed: ["shop.revenue"],
      held: ["shop.revenue"],
    });
    const incident = ran.events.find(({ type }) => type === "incident");
    expect(incident?.["message"]).toContain("expected at least 300");
    expect(await project.query("select count(*)::integer as days from shop.revenue")).toEqual([{ days: 1 }]);
    const held = async (): Promise<boolean> => (await project.sluice(["ls"])).stdout.includes("held:");
    expect(await held()).toBe(true);
    await project.write({ "models/shop/revenue.sql": revenue });
    expect(await project.run()).toMatchObject(nothing);
    expect(await held()).toBe(false);
  });

  test("that changes data is built, and only what its change reaches", async () => {
    await project.write({
      "models/shop/revenue.sql": revenue.replace("count(*) as orders", "count(distinct product) as products"),
    });
    expect(await project.run()).toMatchObject({ code: 0, built: ["shop.revenue"], failed: [] });
    await project.write({ "models/shop/revenue.sql": revenue });
    expect(await project.run()).toMatchObject({ code: 0, built: [], failed: [] });
  });

  test("that leaves the project is dropped from what is published, and comes back without being built", async () => {
    await project.write({ "models/shop/revenue.sql": null, "consumers/board.ts": null });
    expect((await project.plan()).changes).toMatchObject([{ dataset: "shop.revenue", action: "drop" }]);
    expect(await project.run()).toMatchObject({ code: 0, built: [], dropped: ["shop.revenue"] });
    expect(await project.sluice(["query", "from shop.revenue"])).toMatchObject({ code: 1 });
    await project.write({ "models/shop/revenue.sql": revenue, "consumers/board.ts": board });
    expect(await project.run()).toMatchObject({ code: 0, built: [], failed: [] });
    expect(await project.query("select count(*)::integer as days from shop.revenue")).toEqual([{ days: 1 }]);
  });

  test("early cut-off: an input rebuilt to the same content stops the wave there", async () => {
    await project.write({
      "models/shop/days.sql": "select distinct day from raw.orders",
      "models/shop/calendar.sql": "select day, dayofweek(day) as weekday from shop.days",
    });
    expect(await project.run()).toMatchObject({ code: 0, built: ["shop.days", "shop.calendar"] });
    await project.write({ "landing/orders/late.csv": csv("9,2026-03-02,cortado,3.00") });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, built: ["raw.orders", "shop.revenue"], failed: [] });
    expect(ran.reused).toEqual(expect.arrayContaining(["shop.days", "shop.calendar"]));
  });
});

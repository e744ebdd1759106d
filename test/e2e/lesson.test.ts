/** The lesson, in the order in which it is taught: flow, poison, repair, rollback, the next iteration. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csv, shop, tuesday } from "./shop-project.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";

const mondayRevenue = { day: "2026-03-02", revenue: "8.00" };
const tuesdayRevenue = { day: "2026-03-03", revenue: "6.30" };
const askRevenue = "select day::varchar as day, revenue::varchar as revenue from shop.revenue order by day";

/** Half of it breaks the contract. */
const poisoned = csv(
  "4,2026-03-03,flat white,3.80",
  "5,2026-03-03,,2.50",
  "oops,2026-03-03,espresso,2.50",
  "7,2026-03-03,cortado,-3",
);

const products = `/*---
owner: till-team
columns:
  product: { key: true }
story: bestsellers
---*/
select product, count(*) as sold from raw.orders group by product
`;
const bestseller = `select product, sold from shop.products order by sold desc, product limit 1`;
const story = `---
title: What sells best
priority: 1
owner: finance
---
As the owner I want to know what sells best.
`;

describe("the lesson", () => {
  let project: ProjectOnDisk;
  beforeAll(async () => {
    project = await projectOnDisk(shop);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test("data flows: the first run publishes release 1", async () => {
    const checked = await project.sluice(["check"]);
    expect(checked).toMatchObject({ code: 0, stderr: "" });
    const first = await project.run("--why", "opening day");
    expect(first).toMatchObject({
      code: 0,
      release: 1,
      built: ["raw.orders", "shop.revenue"],
      held: [],
      failed: [],
    });
    expect(first.rows).toEqual({ "raw.orders": { received: 3, accepted: 3, quarantined: 0, rejected: 0 } });
    expect(await project.query(askRevenue)).toEqual([mondayRevenue]);
  });

  test("a poisoned delivery stops; the incident names owner and consumers", async () => {
    await project.write({ "landing/orders/tuesday.csv": poisoned });
    const { code, stdout } = await project.sluice(["run"]);
    expect(code).toBe(1);
    const incident = stdout.split("\n").find((line) => line.startsWith("incident 1:"));
    expect(incident).toContain("raw.orders stopped: 3 of 4 records refused (75 %), the limit is 25 %");
    expect(incident).toContain("readers keep the version of release 1");
    expect(incident).toContain("owner till-team");
    expect(incident).toContain("board");
    expect(stdout).toContain("stays at release 1");
  });

  test("readers still get the last good release", async () => {
    expect(await project.query(askRevenue)).toEqual([mondayRevenue]);
    expect(await project.releases()).toHaveLength(1);
  });

  test("the refused candidate can be looked at, with the reasons", async () => {
    const refused = await project.query(
      "select position::integer as position, reasons, raw from raw.orders__quarantine order by position",
      "--candidate",
    );
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ position: 3, raw: "5,2026-03-03,,2.50" });
    expect(String(refused[0]?.["reasons"])).toContain("product");
    expect(String(refused[1]?.["reasons"])).toContain("id");
    expect(String(refused[2]?.["reasons"])).toContain("amount");
    const held = await project.sluice(["ls"]);
    expect(held.stdout).toContain("held");
  });

  test("running again changes nothing and stops again", async () => {
    const again = await project.run();
    expect(again).toMatchObject({ code: 1, release: null, built: [], failed: ["raw.orders"] });
    expect([...again.held].toSorted()).toEqual(["raw.orders", "shop.revenue"]);
  });

  test("repaired, the next run publishes release 2", async () => {
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    const repaired = await project.run("--why", "the till was fixed");
    expect(repaired).toMatchObject({
      code: 0,
      release: 2,
      built: ["raw.orders", "shop.revenue"],
      held: [],
      failed: [],
    });
    expect(await project.query(askRevenue)).toEqual([mondayRevenue, tuesdayRevenue]);
  });

  test("rollback answers the old rows at once, and builds nothing", async () => {
    const before = await project.snapshot(".sluice/data");
    const { code, stdout } = await project.sluice(["rollback", "--why", "checking Tuesday"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Release 3");
    expect(await project.query(askRevenue)).toEqual([mondayRevenue]);
    expect(await project.snapshot(".sluice/data")).toEqual(before);
  });

  test("the run after a rollback goes forward again without building anything", async () => {
    const forward = await project.run();
    expect(forward).toMatchObject({ code: 0, release: 4, built: [] });
    expect(await project.query(askRevenue)).toEqual([mondayRevenue, tuesdayRevenue]);
  });

  test("iteration two: the plan says that only the new model is built, and why", async () => {
    await project.write({ "models/shop/products.sql": products, "stories/bestsellers.md": story });
    const { changes } = await project.plan();
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ dataset: "shop.products", action: "build", why: "new" });
    const { code, stdout } = await project.sluice(["plan"]);
    expect(code).toBe(2);
    expect(stdout).toContain("Plan for dev, from release 4: 1 to build");
    expect(stdout).toMatch(/build\s+shop\.products\s+new/);
    expect(stdout).toContain("story bestsellers (What sells best)");
    expect(stdout).toContain("2 datasets unchanged");
  });

  test("iteration two: the run builds only the new model", async () => {
    const second = await project.run("--why", "iteration two");
    expect(second).toMatchObject({ code: 0, release: 5, built: ["shop.products"], held: [], failed: [] });
    expect([...second.reused].toSorted()).toEqual(["raw.orders", "shop.revenue"]);
    expect(await project.query(bestseller)).toMatchObject([{ product: "espresso" }]);
  });

  test("the history tells who, when, what and why", async () => {
    const history = await project.releases();
    expect(history.map(({ release, kind, why }) => [release, kind, why])).toEqual([
      [5, "publish", "iteration two"],
      [4, "publish", ""],
      [3, "rollback", "checking Tuesday"],
      [2, "publish", "the till was fixed"],
      [1, "publish", "opening day"],
    ]);
    expect(history[2]?.from).toBe("dev@1");
    expect(Object.keys(history[0]?.changes ?? {})).toEqual(["shop.products"]);
    for (const { at, who } of history) {
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
      expect(who).not.toBe("");
    }
  });
});

/** A dataset gets another name: its history goes on, nothing is built, and old releases still know the old name. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { board, orders, revenue, shop, tuesday } from "./shop-project.ts";

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const days = "select day, revenue from shop.revenue";
const renamedSource = {
  "sources/raw/orders.ts": null,
  "sources/till/sales.ts": orders.replace("source({", 'source({\n  renamedFrom: "raw.orders",'),
  "models/shop/revenue.sql": revenue.replace("from raw.orders", "from till.sales"),
};

describe("a source", () => {
  test("that is renamed is planned as that, and what reads it is not touched", async () => {
    await project.write(renamedSource);
    const { changes } = await project.plan();
    expect(changes).toMatchObject([
      {
        dataset: "till.sales",
        action: "reuse",
        renamedFrom: "raw.orders",
        why: "renamed from raw.orders; its history goes on",
      },
    ]);
    const { stdout } = await project.sluice(["plan"]);
    expect(stdout).toMatch(/reuse\s+till\.sales\s+renamed from raw\.orders; its history goes on/);
  });

  test("is published under the new name in one release, and nothing is built", async () => {
    const before = await project.snapshot(".sluice/data");
    const rows = await project.query(days);
    expect(await project.run("--why", "a better name")).toMatchObject({
      code: 0,
      release: 2,
      built: [],
      held: [],
    });
    expect(await project.snapshot(".sluice/data")).toEqual(before);
    expect(await project.query(days)).toEqual(rows);
    expect(await project.query("select count(*) as n from till.sales")).toEqual([{ n: 3 }]);
    const [release] = await project.releases();
    expect(release?.changes).toMatchObject({ "raw.orders": null, "till.sales": expect.any(String) });
    expect(await project.plan()).toMatchObject({ changes: [] });
    expect(await project.run()).toMatchObject({ code: 0, release: null, built: [] });
  });

  test("has its old name in old releases, and the new one in new ones", async () => {
    expect(await project.query("select count(*) as n from raw.orders", "--at", "1")).toEqual([{ n: 3 }]);
    const gone = await project.sluice(["query", "from raw.orders"]);
    expect(gone.code).not.toBe(0);
    expect((await project.sluice(["show", "till.sales"])).code).toBe(0);
  });

  test("goes on from the files that were read under the old name", async () => {
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, release: 3, built: ["till.sales", "shop.revenue"] });
    const read = ran.events.find(({ type, dataset }) => type === "finished" && dataset === "till.sales");
    expect(read?.["delivery"]).toEqual({ received: 2, accepted: 2, quarantined: 0, rejected: 0 });
    expect(await project.query(days)).toHaveLength(2);
  });
});

describe("the setting", () => {
  test("may go once the new name is published, and a second rename finds the same history", async () => {
    await project.write({ "sources/till/sales.ts": orders });
    expect(await project.plan()).toMatchObject({ changes: [] });
    await project.write({
      "sources/till/sales.ts": null,
      "sources/till/receipts.ts": orders.replace("source({", 'source({\n  renamedFrom: "till.sales",'),
      "models/shop/revenue.sql": revenue.replace("from raw.orders", "from till.receipts"),
    });
    const { changes } = await project.plan();
    expect(changes).toMatchObject([{ dataset: "till.receipts", action: "reuse", renamedFrom: "till.sales" }]);
    expect(await project.run()).toMatchObject({ code: 0, release: 4, built: [] });
    expect(await project.query("select count(*) as n from till.receipts")).toEqual([{ n: 5 }]);
  });

  test("lets the old name be taken by another dataset", async () => {
    await project.write({ "sources/raw/orders.ts": orders });
    expect(await project.run()).toMatchObject({ code: 0, release: 5, held: [] });
    expect(await project.query("select count(*) as n from raw.orders")).toEqual([{ n: 5 }]);
    expect(await project.query(days)).toHaveLength(2);
    await project.write({ "sources/raw/orders.ts": null });
    expect(await project.run()).toMatchObject({ code: 0, release: 6, built: [] });
    expect(await project.query("select count(*) as n from till.receipts")).toEqual([{ n: 5 }]);
  });
});

describe("a model", () => {
  test("that is renamed and changed at once is built, and takes the place of the old one", async () => {
    await project.write({
      "models/shop/revenue.sql": null,
      "models/shop/income.sql": revenue
        .replace("from raw.orders", "from till.receipts")
        .replace("owner: finance", "owner: finance\nrenamedFrom: shop.revenue")
        .replace("count(*) as orders", "count(*) as orders, max(amount) as largest"),
      "consumers/board.ts": board.replace("shop.revenue", "shop.income"),
    });
    const { changes } = await project.plan();
    expect(changes).toMatchObject([
      {
        dataset: "shop.income",
        action: "build",
        renamedFrom: "shop.revenue",
        why: "definition changed",
        change: { severity: "compatible", columns: { added: ["largest"], removed: [] } },
        estimate: { builds: 2 },
      },
    ]);
    expect(await project.run()).toMatchObject({ code: 0, release: 7, built: ["shop.income"], held: [] });
    expect(await project.query("select largest from shop.income order by day limit 1")).toEqual([
      { largest: "3.00" },
    ]);
    expect((await project.sluice(["query", "from shop.revenue"])).code).not.toBe(0);
  });

  test("keeps the old name published while the new one cannot be", async () => {
    const income = revenue
      .replace("from raw.orders", "from till.receipts")
      .replace("owner: finance", "owner: finance\nrenamedFrom: shop.income")
      .replace("row_count: { min: 1 }", "row_count: { min: 1000 }");
    await project.write({
      "models/shop/income.sql": null,
      "models/shop/takings.sql": income,
      "consumers/board.ts": board.replace("shop.revenue", "shop.takings"),
    });
    expect(await project.run()).toMatchObject({ code: 1, release: null, held: ["shop.takings"] });
    expect(await project.query("select day from shop.income")).toHaveLength(2);
    await project.write({ "models/shop/takings.sql": income.replace("min: 1000", "min: 1") });
    expect(await project.run()).toMatchObject({ code: 0, release: 8, held: [] });
    expect(await project.query("select day from shop.takings")).toHaveLength(2);
  });

  test("rollback goes back to the old names", async () => {
    expect((await project.sluice(["rollback", "--to", "1"])).code).toBe(0);
    expect(await project.query("select count(*) as n from raw.orders")).toEqual([{ n: 3 }]);
  });

  test("and promotion takes the new ones along", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: 10, held: [] });
    expect((await project.sluice(["promote", "dev", "prod"])).code).toBe(0);
    expect(await project.query("select day from shop.takings", "--env", "prod")).toHaveLength(2);
  });
});

test("an incident goes on under the new name, and back with a rollback", async () => {
  const warning = orders.replace(
    "check.rowCount({ min: 1 })",
    'check.rowCount({ min: 9 }, { severity: "warn" })',
  );
  await using other = await projectOnDisk({ ...shop, "sources/raw/orders.ts": warning });
  expect(await other.run()).toMatchObject({ code: 0, release: 1 });
  expect((await other.sluice(["incidents", "ack", "1", "--why", "the till is slow"])).code).toBe(0);
  await other.write({
    ...renamedSource,
    "sources/till/sales.ts": warning.replace("source({", 'source({\n  renamedFrom: "raw.orders",'),
  });
  const standing = async () =>
    (JSON.parse((await other.sluice(["incidents", "ls", "--json"])).stdout) as { incidents: unknown[] })
      .incidents;
  expect(await other.run()).toMatchObject({ code: 0, release: 2 });
  expect(await standing()).toMatchObject([{ id: 1, dataset: "till.sales", state: "acknowledged" }]);
  const shown = await other.sluice(["incidents", "show", "1"]);
  expect(shown.stdout).toMatch(/readers have +3 rows/);
  expect((await other.sluice(["rollback", "--why", "the old name"])).code).toBe(0);
  expect(await standing()).toMatchObject([{ id: 1, dataset: "raw.orders", state: "acknowledged" }]);
});

/** Views: not stored, read like any other dataset, by everybody and at every release. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { join } from "node:path";
import { inspect } from "../faults/inspect-state.ts";
import { type ProjectOnDisk, projectOnDisk, type SqlRow } from "./project-on-disk.ts";
import { csv, shop, tuesday } from "./shop-project.ts";

const view = (sql: string, more = ""): string => `/*---\nmaterialized: view\n${more}---*/\n${sql}\n`;

const big = view(
  "select id, day, amount from raw.orders where amount >= 3 order by id",
  "columns:\n  id: { key: true }\nchecks:\n  - row_predicate: amount < 100\n",
);
const days = view('select day, count(*) as "number", sum(amount) as amount from shop.big group by day');
const best = "select max(amount) as amount, sum(number)::integer as orders from shop.days";
const rows = `import { dataset, model, t } from "sluice";
export default model({
  inputs: { days: dataset("shop.days") },
  columns: { day: t.date(), amount: t.decimal(38, 2) },
  async *rows({ days }) {
    for await (const { day, amount } of days) yield { day, amount };
  },
});
`;

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk({
    ...shop,
    "models/shop/big.sql": big,
    "models/shop/days.sql": days,
    "models/shop/best.sql": best,
    "models/shop/listed.ts": rows,
  });
});
afterEach(() => project[Symbol.asyncDispose]());

const sound = async (): Promise<void> => {
  const places = { state: join(project.root, ".sluice/state.db"), data: join(project.root, ".sluice/data") };
  expect((await inspect(places)).problems).toEqual([]);
};

const one = async (sql: string, ...flags: readonly string[]): Promise<SqlRow | undefined> =>
  (await project.query(sql, ...flags))[0];

test("a view keeps no files, and everybody reads through it", async () => {
  const first = await project.run();
  expect(first).toMatchObject({ code: 0, release: 1, held: [] });
  expect(first.built).toContain("shop.days");
  expect((await project.snapshot(".sluice/data")).filter((file) => /shop\.(big|days)/.test(file))).toEqual(
    [],
  );
  expect(await project.query("from shop.days")).toEqual([{ day: "2026-03-02", number: 1, amount: "3.00" }]);
  expect(await project.query("from shop.listed")).toEqual([{ day: "2026-03-02", amount: "3.00" }]);
  await project.write({ "landing/orders/tuesday.csv": tuesday });
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  expect(await one("from shop.best")).toEqual({ amount: "3.80", orders: 2 });
  expect(await one("select count(*)::integer as n from shop.days")).toEqual({ n: 2 });
  expect(await one("select count(*)::integer as n from shop.days", "--at", "1")).toEqual({ n: 1 });
  expect(await one("select count(*)::integer as n from shop.listed")).toEqual({ n: 2 });
  expect(await project.run()).toMatchObject({ code: 0, release: null, built: [] });
  await sound();
});

test("a failing check holds a view and what depends on it; what pins older data goes on reading that", async () => {
  await project.run();
  await project.write({
    "landing/orders/dear.csv": csv("9,2026-03-04,gold,250.00"),
    "models/shop/other.sql": "select count(*)::integer as orders from raw.orders",
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: 2, failed: ["shop.big"] });
  expect(ran.held.toSorted()).toEqual(["shop.best", "shop.big", "shop.days", "shop.listed"]);
  expect(
    await one(`select (select count(*) from raw.orders)::integer as orders, (select count(*) from shop.big)::integer as big,
      (select sum(number) from shop.days)::integer as days, (select orders from shop.other) as other`),
  ).toEqual({ orders: 4, big: 1, days: 1, other: 4 });
  expect(await one("select count(*)::integer as n from shop.big", "--candidate")).toEqual({ n: 2 });

  // A model over both reads orders as they are now, and the view as it was held.
  await project.write({
    "models/shop/both.sql":
      "select count(*)::integer as missing from raw.orders anti join shop.big using (id)",
  });
  expect(await project.run("--select", "shop.both")).toMatchObject({ code: 0, release: 3 });
  expect(await one("from shop.both")).toEqual({ missing: 3 });
  await sound();

  // Letting go of old releases keeps the orders that the held view still reads.
  expect(await project.sluice(["gc", "--keep", "1", "--yes"])).toMatchObject({ code: 0 });
  expect(await one("select count(*)::integer as n from shop.days")).toEqual({ n: 1 });
  expect(await project.sluice(["doctor", "--deep"])).toMatchObject({ code: 0 });
  await sound();

  await project.write({ "landing/orders/dear.csv": csv("9,2026-03-04,gold,25.00") });
  expect(await project.run()).toMatchObject({ code: 0, held: [], failed: [] });
  expect(await one("select max(amount) as amount from shop.days")).toEqual({ amount: "25.00" });
  await sound();
});

test("a query that fails on some row is not published", async () => {
  await project.write({
    "models/shop/broken.sql": view("select id, cast(product as integer) as product from raw.orders"),
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, failed: ["shop.broken"], held: ["shop.broken"] });
  expect(JSON.stringify(ran.events)).toContain("the query failed");
  expect(await one("from shop.best")).toEqual({ amount: "3.00", orders: 1 });
});

test("a column that changes moves what is made from it through views, and nothing else", async () => {
  await project.write({
    "models/shop/narrow.sql": view("select id, day from raw.orders"),
    "models/shop/top.sql": "select count(*)::integer as n from shop.narrow",
    "models/shop/wide.sql": view("select id, day, product, amount from raw.orders"),
    "models/shop/dates.sql": "select count(day)::integer as n from shop.wide",
    "models/shop/most.sql": "select sum(amount) as amount from shop.wide",
  });
  await project.run();
  await project.write({
    "landing/orders/monday.csv": csv(
      "1,2026-03-02,espresso,2.60",
      "2,2026-03-02,cortado,3.00",
      "3,2026-03-02,espresso,2.60",
    ),
  });
  const ran = await project.run();
  for (const moved of ["shop.revenue", "shop.wide", "shop.most"]) expect(ran.built).toContain(moved);
  expect(ran.built).not.toContain("shop.dates");
  expect(ran.built).not.toContain("shop.narrow");
  expect(ran.built).not.toContain("shop.top");
  expect(ran.reused).toContain("shop.narrow");
  await sound();
});

test("a model becomes a view and a model again, and nobody who reads it notices", async () => {
  await project.run();
  const before = await project.query("from shop.revenue");
  const told = async (): Promise<string> => (await project.sluice(["plan"])).stdout;
  const model = (shop["models/shop/revenue.sql"] as string).replace("/*---\n", "/*---\nmaterialized: view\n");
  await project.write({
    "models/shop/revenue.sql": model,
    "models/shop/reader.sql": "select max(revenue) as revenue from shop.revenue",
  });
  expect(await told()).toMatch(
    /shop\.revenue .*definition changed, compatible; a view.*\n.*is a view, and no longer built as a whole/,
  );
  const as = await project.run();
  expect(as).toMatchObject({ code: 0, release: 2 });
  expect(as.built.toSorted()).toEqual(["shop.reader", "shop.revenue"]);
  expect(await project.query("from shop.revenue")).toEqual(before);
  expect((await project.sluice(["show", "shop.revenue"])).stdout).toMatch(
    /^shop\.revenue +view\n[^]*not stored/,
  );
  expect((await project.sluice(["ls"])).stdout).toMatch(/shop\.revenue +view/);
  expect((await project.sluice(["lineage", "shop.reader"])).stdout).toMatch(/shop\.revenue +view/);
  expect(await project.query("from shop.revenue", "--at", "1")).toEqual(before);

  await project.write({ "models/shop/revenue.sql": shop["models/shop/revenue.sql"] ?? null });
  expect(await told()).toContain("is built as a whole, and no longer a view");
  const back = await project.run();
  expect(back).toMatchObject({ code: 0, release: 3, built: [] });
  expect(back.reused).toContain("shop.revenue");
  expect(await project.query("from shop.revenue")).toEqual(before);
  await sound();
});

test("views are compared, promoted and rolled back like any other dataset", async () => {
  await project.run();
  expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
  await project.write({ "landing/orders/tuesday.csv": tuesday });
  await project.run();
  const diff = await project.sluice(["diff", "prod", "dev", "shop.big", "--json"]);
  expect(diff.code).toBe(2);
  expect(JSON.parse(diff.stdout)).toMatchObject({
    datasets: [{ dataset: "shop.big", key: ["id"], rows: { added: 1, removed: 0, changed: 0 } }],
  });
  expect(await one("select count(*)::integer as n from shop.days", "--env", "prod")).toEqual({ n: 1 });
  expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
  expect(await one("select count(*)::integer as n from shop.days", "--env", "prod")).toEqual({ n: 2 });
  expect(await project.sluice(["rollback"])).toMatchObject({ code: 0 });
  expect(await one("select count(*)::integer as n from shop.days")).toEqual({ n: 1 });
  expect(await one("select count(*)::integer as n from shop.days", "--at", "2")).toEqual({ n: 2 });
  expect(await project.run()).toMatchObject({ code: 0, failed: [] });
  expect(await one("select count(*)::integer as n from shop.days")).toEqual({ n: 2 });
  await sound();
});

test("a view whose input is lost is said, given up with it, and made anew", async () => {
  await project.run();
  const [file = ""] = (await project.snapshot(".sluice/data")).filter((line) =>
    line.startsWith("raw.orders/"),
  );
  await project.write({ [`.sluice/data/${file.split(" ")[0] ?? ""}`]: null });
  const found = await project.sluice(["doctor"]);
  expect(found.code).toBe(2);
  expect(found.stdout).toMatch(/raw\.orders +missing +dev/);
  expect(found.stdout).toMatch(/shop\.big +unreadable +dev/);
  expect(found.stdout).toMatch(/shop\.days +unreadable +dev/);
  const asked = await project.sluice(["query", "from shop.days"]);
  expect(asked.code).toBe(1);
  expect(asked.stderr).not.toContain("    at ");
  expect(await project.sluice(["doctor", "--repair"])).toMatchObject({ code: 0 });
  expect(await project.run()).toMatchObject({ code: 0, failed: [], held: [] });
  expect(await one("from shop.best")).toEqual({ amount: "3.00", orders: 1 });
  await sound();
});

test("a source that a view reads may be renamed, and its history goes on", async () => {
  await project.run();
  await project.write({
    "sources/raw/orders.ts": null,
    "sources/raw/sales.ts": (shop["sources/raw/orders.ts"] as string).replace(
      "from:",
      'renamedFrom: "raw.orders",\n  from:',
    ),
    "models/shop/big.sql": big.replace("raw.orders", "raw.sales"),
    "models/shop/revenue.sql": (shop["models/shop/revenue.sql"] as string).replace("raw.orders", "raw.sales"),
    "landing/orders/tuesday.csv": tuesday,
  });
  expect(await project.run()).toMatchObject({ code: 0, failed: [], held: [] });
  expect(await one("from shop.best")).toEqual({ amount: "3.80", orders: 2 });
  expect(await one("select count(*)::integer as n from shop.days", "--at", "1")).toEqual({ n: 1 });
  expect(await project.query("from shop.big", "--at", "1")).toHaveLength(1);
});

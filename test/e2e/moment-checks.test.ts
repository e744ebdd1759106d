/** Checks whose answer hangs on the run: on its time, on what was published before, on what other datasets hold. */
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const source = (checks: string): string => `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/orders/*.csv"),
  columns: { id: t.integer().key(), day: t.date(), price: t.integer() },
  checks: [${checks}],
});
`;

const model = (checks: string, select: string): string => `/*---
checks:
${checks}
---*/
${select}
`;

const files = (checks: string) => ({
  "sluice.config.ts": config(),
  "sources/raw/orders.ts": source(checks),
  "landing/orders/a.csv": "id,day,price\n1,2020-01-01,5\n2,2020-01-02,7\n",
});

test("data that is too old, or of the future, is held, and what comes in time flows again", async () => {
  await using project = await projectOnDisk(
    files('check.freshness("day", { max: "52w" }), check.futureDates("day", { severity: "warn" })'),
  );
  const stale = await project.run();
  expect(stale).toMatchObject({ failed: ["raw.orders"], release: null, code: 1 });
  await project.write({
    "landing/orders/b.csv": `id,day,price\n3,${new Date().toISOString().slice(0, 10)},1\n`,
  });
  expect(await project.run()).toMatchObject({ failed: [], release: 1, code: 0 });
  expect(await project.run()).toMatchObject({ release: null, code: 0 });
  await project.write({ "landing/orders/c.csv": "id,day,price\n4,2999-01-01,1\n" });
  const early = await project.run();
  expect(early).toMatchObject({ failed: [], release: 2 });
  const found = await project.sluice(["show", "raw.orders"]);
  expect(found.stdout).toContain("1 of 4 rows where day is after the time of the run");
});

test("a change of columns is told against what is published, once", async () => {
  const checks = "  - schema_change: { allow: [added] }";
  await using project = await projectOnDisk({
    ...files(""),
    "models/shop/orders.sql": model(checks, "select id, price from raw.orders"),
  });
  expect(await project.run()).toMatchObject({ failed: [], release: 1 });
  await project.write({ "models/shop/orders.sql": model(checks, "select id, price, day from raw.orders") });
  expect(await project.run()).toMatchObject({ failed: [], release: 2 });
  await project.write({ "models/shop/orders.sql": model(checks, "select id, day from raw.orders") });
  const removed = await project.run();
  expect(removed).toMatchObject({ failed: ["shop.orders"], release: null, code: 1 });
  const found = await project.sluice(["show", "shop.orders"]);
  expect(found.stdout).toContain("price was removed");
  const warns = model(`${checks}\n    severity: warn`, "select id, day from raw.orders");
  await project.write({ "models/shop/orders.sql": warns });
  expect(await project.run()).toMatchObject({ failed: [], release: 3 });
});

test("two datasets are reconciled, whichever moves", async () => {
  const checks = [
    "  - row_count_match: raw.orders",
    "  - aggregate_match: { aggregate: sum, column: price, to: raw.orders.price }",
    "  - dataset_diff: { to: raw.orders, columns: [id, price] }",
  ].join("\n");
  await using project = await projectOnDisk({
    ...files(""),
    "models/shop/orders.sql": model(checks, "select id, price from raw.orders where price < 9"),
  });
  expect(await project.run()).toMatchObject({ failed: [], release: 1 });
  expect(await project.run()).toMatchObject({ release: null, code: 0 });
  // The model stays as it is, so what it is compared with has to stay too.
  await project.write({ "landing/orders/b.csv": "id,day,price\n3,2020-01-03,9\n" });
  expect(await project.run()).toMatchObject({ failed: ["raw.orders"], release: null, code: 1 });
  const { stdout } = await project.sluice(["show", "raw.orders"]);
  expect(stdout).toContain("2 rows, and raw.orders has 3");
});

test("values that are distributed otherwise than before are held", async () => {
  await using project = await projectOnDisk(files('check.distributionDrift("price", { max: 0.25 })'));
  const day = (prices: readonly number[]): string =>
    `id,day,price\n${prices.map((price, id) => `${id},2020-01-01,${price}\n`).join("")}`;
  await project.write({ "landing/orders/a.csv": day([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) });
  expect(await project.run()).toMatchObject({ failed: [], release: 1 });
  await project.write({ "landing/orders/a.csv": day([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 5]) });
  expect(await project.run()).toMatchObject({ failed: [], release: 2 });
  await project.write({ "landing/orders/a.csv": day([100, 200, 300, 400, 500, 600, 700, 800, 900]) });
  expect(await project.run()).toMatchObject({ failed: ["raw.orders"], release: null, code: 1 });
  const found = await project.sluice(["show", "raw.orders"]);
  expect(found.stdout).toMatch(/the drift \(psi\) of price is [\d.]+, expected at most 0.25/);
});

test(
  "a metric that is not like in earlier releases is told, by its own name",
  { timeout: 300_000 },
  async () => {
    const metric = 'check.metricAnomaly("select sum(price) / count(*) from this", { name: "mean price" })';
    await using project = await projectOnDisk({
      ...files(metric),
      "sources/raw/orders.ts": source(metric).replace("  checks", '  monitors: "off",\n  checks'),
    });
    const deliver = async (price: number) => {
      await project.write({ "landing/orders/a.csv": `id,day,price\n1,2020-01-01,${price}\n` });
      const { events, ...ran } = await project.run();
      const last = events.findLast((event) => event.type === "finished" && event.dataset === "raw.orders");
      return { ...ran, findings: last?.["findings"] };
    };
    for (let run = 0; run < 10; run++)
      expect(await deliver(1000 + ((run * 37) % 11)), `run ${run}`).toMatchObject({ code: 0, findings: [] });
    const found = [{ name: "mean price", check: "metric_anomaly", severity: "warn", value: 3000 }];
    expect(await deliver(3000)).toMatchObject({ release: 11, findings: found });
    const shown = await project.sluice(["monitors", "show", "raw.orders"]);
    expect(shown.stdout).toMatch(/mean price .*3000/);
  },
);

test("what a check tolerates is published and told; what is more is held", async () => {
  const checks = [
    "  - null_values: { column: price, where: id > 1 }",
    "    tolerance: 50%",
    "  - value_range: { column: price, min: 6, name: dear }",
    "    tolerance: 1",
  ].join("\n");
  await using project = await projectOnDisk({
    ...files(""),
    "models/shop/orders.sql": model(checks, "select id, nullif(price, 9) as price from raw.orders"),
    "landing/orders/a.csv": "id,day,price\n1,2020-01-01,9\n2,2020-01-02,9\n3,2020-01-03,5\n",
  });
  expect(await project.run()).toMatchObject({ failed: [], release: 1, code: 0 });
  const { stdout } = await project.sluice(["show", "shop.orders"]);
  expect(stdout).toContain("1 of 2 rows without a value in price, of those where id > 1, which is tolerated");
  expect(stdout).toContain("1 of 3 rows with price outside 6 to …, which is tolerated");
  await project.write({
    "landing/orders/b.csv": "id,day,price\n4,2020-01-04,9\n5,2020-01-05,4\n6,2020-01-05,9\n",
  });
  expect(await project.run()).toMatchObject({ failed: ["shop.orders"], release: 2, code: 1 });
});

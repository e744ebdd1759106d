/** One fails: it and what depends on it stay at their last good version, the rest is published. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop } from "./shop-project.ts";

const visits = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/visits.csv"),
  columns: { day: t.date().key(), visitors: t.integer().min(0) },
});
`;
const busiest = `/*---
checks:
  - row_predicate: "visitors < 1000"
---*/
select day, visitors from raw.visits order by visitors desc limit 1`;

const crowd = (visitors: number): string => `day,visitors\n2026-03-02,${visitors}\n`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(),
    "sources/raw/visits.ts": visits,
    "landing/visits.csv": crowd(40),
    "models/shop/busiest.sql": busiest,
    "models/shop/news.sql": "select visitors + 1 as number from shop.busiest",
    "models/shop/per_visitor.sql":
      "select day, revenue / visitors as revenue from shop.revenue join raw.visits using (day)",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const seen = async (...flags: readonly string[]): Promise<unknown> => {
  const [row] = await project.query(
    `select (select count(*) from raw.orders)::integer as orders, (select orders from shop.revenue where day = '2026-03-02')::integer as day_orders,
       (select visitors from raw.visits)::integer as visits, (select visitors from shop.busiest)::integer as busiest,
       (select number from shop.news)::integer as news`,
    ...flags,
  );
  return row;
};

test("the good branch is published in the same run in which the other is held", async () => {
  await project.write({
    "landing/visits.csv": crowd(5000),
    "landing/orders/more.csv": csv("20,2026-03-02,cortado,3.00"),
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: 2, failed: ["shop.busiest"] });
  expect([...ran.held].toSorted()).toEqual(["shop.busiest", "shop.news"]);
  expect([...ran.built].toSorted()).toEqual(["raw.orders", "raw.visits", "shop.per_visitor", "shop.revenue"]);
  expect(await seen()).toEqual({ orders: 4, day_orders: 4, visits: 5000, busiest: 40, news: 41 });
});

test("the release says who is held, because of whom and why", async () => {
  const [release] = await project.releases();
  expect(release).toMatchObject({
    release: 2,
    held: { "shop.busiest": { by: "shop.busiest" }, "shop.news": { by: "shop.busiest" } },
  });
  expect(JSON.stringify(release?.held)).toContain("visitors < 1000");
  const { code, stdout } = await project.sluice(["show", "shop.news"]);
  expect(code).toBe(0);
  expect(stdout).toContain("shop.busiest");
});

test("the failing rows are shown as a sample, and the refused candidate can be read", async () => {
  const ran = await project.sluice(["run"]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/"visitors":"?5000/);
  expect(await seen("--candidate")).toMatchObject({ busiest: 5000, news: 41 });
});

test("once repaired all go on together", async () => {
  await project.write({ "landing/visits.csv": crowd(60) });
  expect(await project.run()).toMatchObject({ code: 0, release: 3, held: [], failed: [] });
  expect(await seen()).toMatchObject({ visits: 60, busiest: 60, news: 61 });
  const [release] = await project.releases();
  expect(release?.held).toEqual({});
});

test("all or nothing: one failure keeps everything as it was", async () => {
  await project.write({
    "landing/visits.csv": crowd(7000),
    "landing/orders/again.csv": csv("21,2026-03-02,cortado,3.00"),
  });
  const ran = await project.run("--all-or-nothing");
  expect(ran).toMatchObject({ code: 1, release: null, failed: ["shop.busiest"] });
  expect(await seen()).toMatchObject({ orders: 4, visits: 60, busiest: 60 });

  await project.write({ "sluice.config.ts": config(', publish: "all"') });
  expect(await project.run()).toMatchObject({ code: 1, release: null, failed: ["shop.busiest"] });
  expect(await seen()).toMatchObject({ orders: 4, visits: 60, busiest: 60 });

  await project.write({ "landing/visits.csv": crowd(70) });
  expect(await project.run()).toMatchObject({ code: 0, release: 4, failed: [], held: [] });
  expect(await seen()).toMatchObject({ orders: 5, visits: 70, busiest: 70 });
});

test("what never had a good version is not there, and says so", async () => {
  await project.write({
    "models/shop/impossible.sql": `/*---\nchecks:\n  - row_count: { min: 99 }\n---*/\nselect 1 as one`,
    "models/shop/dependent.sql": "select one from shop.impossible",
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: null, failed: ["shop.impossible"] });
  expect(ran.events.find(({ type }) => type === "incident")?.["message"]).toContain(
    "nothing of it is published",
  );
  const asked = await project.sluice(["query", "--json", "from shop.dependent"]);
  expect(asked.code).toBe(1);
  expect(JSON.parse(asked.stdout)).toMatchObject({ error: { code: "bad-query" } });
  await project.write({ "models/shop/impossible.sql": null, "models/shop/dependent.sql": null });
});

test("selection runs only what was asked for", async () => {
  await project.write({
    "landing/visits.csv": crowd(80),
    "landing/orders/third.csv": csv("22,2026-03-02,cortado,3.00"),
  });
  const ran = await project.run("--select", "raw.visits+");
  expect(ran).toMatchObject({ code: 0, failed: [] });
  expect([...ran.built].toSorted()).toEqual(["raw.visits", "shop.busiest", "shop.news", "shop.per_visitor"]);
  expect(await seen()).toMatchObject({ orders: 5, visits: 80 });
  expect((await project.plan()).changes.map(({ dataset }) => dataset)).toEqual([
    "raw.orders",
    "shop.revenue",
    "shop.per_visitor",
  ]);
});

test("what is published and fails a new check is held, run after run, until the check or the data changes", async () => {
  await project.run();
  const strict = busiest.replace("< 1000", "< 5");
  await project.write({ "models/shop/busiest.sql": strict });
  for (const attempt of [1, 2, 3]) {
    const ran = await project.run();
    expect({ attempt, ...ran }).toMatchObject({ attempt, code: 1, release: null, failed: ["shop.busiest"] });
  }
  await project.write({ "models/shop/busiest.sql": busiest });
  expect(await project.run()).toMatchObject({ code: 0, failed: [], held: [] });
});

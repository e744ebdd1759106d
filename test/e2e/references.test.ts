/**
 * What checks say of two datasets holds in every release: whatever the names, however few workers there are, and
 * whichever of the two moves.
 */
import { describe, expect, test } from "vitest";
import { type ProjectFiles, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, monday, shop } from "./shop-project.ts";

const refers = (column: string, to: string, select: string): string => `/*---
checks:
  - referential_integrity: { column: ${column}, to: ${to} }
---*/
${select}
`;
const lines = refers("product", "shop.products.product", "select id, product from raw.orders");
const products = "select distinct product from raw.orders\n";

/** Two sources, so that either moves without the other: names sort in both orders. */
const two = (child: string, parent: string, workers: number): ProjectFiles => ({
  "sluice.config.ts": config().replace("workers: 1", `workers: ${workers}`),
  [`sources/raw/${child}.ts`]: `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/${child}/*.csv"),
  columns: { id: t.integer(), product: t.text() },
  checks: [check.referentialIntegrity("product", "raw.${parent}.name")],
});
`,
  [`sources/raw/${parent}.ts`]: `import { files, source, t } from "sluice";
export default source({
  from: files("landing/${parent}/*.csv"),
  columns: { name: t.text(), price: t.integer() },
});
`,
  [`models/shop/dear.sql`]: `select name from raw.${parent} where price > 3\n`,
  [`models/shop/count.sql`]: `select count(*) as n from raw.${child}\n`,
  [`landing/${child}/a.csv`]: "id,product\n1,tea\n2,cake\n",
  [`landing/${parent}/a.csv`]: "name,price\ntea,2\ncake,4\n",
});

test("in one release, from the first run on", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/lines.sql": lines,
    "models/shop/products.sql": products,
  });
  expect(await project.run()).toMatchObject({ release: 1, failed: [], held: [] });
  expect(await project.run()).toMatchObject({ release: null, code: 0 });
});

test("and finds what is missing there", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/lines.sql": lines,
    "models/shop/products.sql": `${products}where product <> 'cortado'\n`,
    "models/shop/behind.sql": "select * from shop.lines\n",
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ failed: ["shop.lines"], release: 1, code: 1 });
  expect(ran.held.toSorted()).toEqual(["shop.behind", "shop.lines"]);
  const found = await project.sluice(["show", "shop.lines"]);
  expect(found.stdout).toContain("rows with a value of product that shop.products.product does not have");
});

describe.each([
  ["aa", "zz", 1],
  ["zz", "aa", 1],
  ["aa", "zz", 3],
  ["zz", "aa", 3],
])("where raw.%s refers to raw.%s, with %i workers", (child, parent, workers) => {
  test("neither moves so that the statement breaks", async () => {
    await using project = await projectOnDisk(two(child, parent, workers));
    const names = async (): Promise<unknown[]> =>
      (await project.query(`select name from raw.${parent} order by name`)).map((row) => row["name"]);
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });

    // What is referred to loses a row that is in use: it is held, with what is built from it.
    await project.write({ [`landing/${parent}/a.csv`]: "name,price\ntea,2\nwine,9\n" });
    const asked = (await project.plan()).changes.find(({ dataset }) => dataset === `raw.${child}`);
    expect(asked).toMatchObject({ action: "audit", why: `its checks refer to raw.${parent}` });
    for (const time of ["first", "second"]) {
      const lost = await project.run();
      expect(lost).toMatchObject({ code: 1, release: null, failed: [`raw.${parent}`] });
      expect(lost.held.toSorted()).toEqual([`raw.${parent}`, "shop.dear"]);
      // The second time everything is known: nothing is read, built or asked.
      expect(lost.events.some(({ type }) => type === "progress")).toBe(time === "first");
    }
    expect(await names()).toEqual(["cake", "tea"]);
    const { stdout } = await project.sluice(["show", `raw.${parent}`]);
    expect(stdout).toMatch(new RegExp(`of raw.${child}: 1 of \\d+ rows with a value of product`));

    // The one that refers to it stops using that row, and both move, in one release.
    await project.write({ [`landing/${child}/a.csv`]: "id,product\n1,tea\n2,wine\n" });
    expect(await project.run()).toMatchObject({ code: 0, release: 2, held: [] });
    expect(await names()).toEqual(["tea", "wine"]);

    // It uses what is not there: it alone is held.
    await project.write({ [`landing/${child}/b.csv`]: "id,product\n3,rum\n" });
    expect(await project.run()).toMatchObject({ code: 1, release: null, failed: [`raw.${child}`] });
    // It is there by and by: what was refused is published, and nothing is read again.
    await project.write({ [`landing/${parent}/b.csv`]: "name,price\nrum,1\n" });
    const caught = await project.run();
    expect(caught).toMatchObject({ code: 0, release: 3, held: [] });
    expect(caught.built).not.toContain(`raw.${child}`);

    // Only the other is run, and would break what it does not touch.
    await project.write({ [`landing/${parent}/b.csv`]: null });
    expect(await project.run("--select", `raw.${parent}`)).toMatchObject({
      code: 1,
      release: null,
      held: [`raw.${parent}`],
    });
  });

  test("what is referred to stays when the one that refers is held for another reason", async () => {
    await using project = await projectOnDisk(two(child, parent, workers));
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    // Both move on together, but half of the one delivery is refused.
    await project.write({
      [`landing/${child}/a.csv`]: "id,product\n1,tea\nx,tea\n",
      [`landing/${parent}/a.csv`]: "name,price\ntea,2\n",
    });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 1, release: null });
    expect(ran.failed.toSorted()).toEqual(["raw.aa", "raw.zz"]);
  });
});

test("a check that looks into a column that did not change is not asked again", async () => {
  await using project = await projectOnDisk({
    ...two("sales", "wares", 1),
    // Somebody reads the names alone, so that the run compares them.
    "models/shop/names.sql": "select distinct name from raw.wares\n",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  await project.write({ "landing/wares/a.csv": "name,price\ntea,3\ncake,5\n" });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 2 });
  expect(ran.events.some(({ type, dataset }) => type === "progress" && dataset === "raw.sales")).toBe(false);
});

test("a reference may lead in a circle, to itself, or to what is built from it", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/husbands.sql": refers(
      "wife",
      "shop.wives.id",
      "select id, id + 1 as wife from raw.orders where id = 1",
    ),
    "models/shop/wives.sql": refers(
      "husband",
      "shop.husbands.id",
      "select id, id - 1 as husband from raw.orders where id = 2",
    ),
    "models/shop/staff.sql": refers("boss", "shop.staff.id", "select id, 1 as boss from raw.orders"),
    "models/shop/all.sql": refers("id", "shop.some.id", "select id from raw.orders"),
    "models/shop/some.sql": "select id from shop.all\n",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });

  // One of a pair leaves; the other would refer to nobody: it stays.
  await project.write({
    "landing/orders/monday.csv": csv("1,2026-03-02,espresso,2.50", "3,2026-03-02,tea,1"),
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: 2 });
  expect(ran.held).toEqual(["shop.wives"]);
  expect(await project.query("select id::integer as id from shop.wives")).toEqual([{ id: 2 }]);

  await project.write({ "models/shop/some.sql": "select id from shop.all where id > 1\n" });
  const broken = await project.run();
  expect(broken.failed).toContain("shop.some");
  expect(await project.query("select id::integer as id from shop.some order by id")).toEqual([
    { id: 1 },
    { id: 3 },
  ]);
  await project.write({ "landing/orders/monday.csv": monday });
});

test("a new check that what is published does not pass is said at every run, and stops no other", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/products.sql": "select 'tea' as product\n",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  await project.write({
    "models/shop/lines.sql": "select id, product from raw.orders\n",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  await project.write({ "models/shop/lines.sql": lines });
  expect(await project.run()).toMatchObject({ code: 1, release: null, failed: ["shop.lines"] });
  expect(await project.run()).toMatchObject({ code: 1, release: null, failed: ["shop.lines"] });
  await project.write({ "models/shop/products.sql": products });
  expect(await project.run()).toMatchObject({ code: 0, release: 3, held: [] });
});

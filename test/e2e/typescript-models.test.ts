/** Models written in TypeScript: one that answers with SQL, one that computes its rows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, shop } from "./shop-project.ts";

const byProduct = `import { model, sql, t } from "sluice";
import orders from "../../sources/raw/orders.ts";
export default model({
  inputs: { orders },
  columns: { product: t.text().key(), sold: t.integer().min(1) },
  query: ({ orders }) => sql\`select \${orders.product} as product, count(*) as sold from \${orders} where \${orders.product} <> \${"it's nothing"} group by all\`,
});
`;

/** Imports a file of the project, so that a change there is a change here. */
const ranked = `import { dataset, model, t } from "sluice";
import { shout } from "../../words/shout.ts";
export default model({
  inputs: { products: dataset("shop.by_product") },
  columns: { rank: t.integer().key(), product: t.text(), share: t.number().min(0).max(1) },
  async *rows({ products }) {
    const all: { product: string; sold: number }[] = [];
    for await (const row of products) all.push({ product: String(row.product), sold: Number(row.sold) });
    all.sort((a, b) => b.sold - a.sold || (a.product < b.product ? -1 : 1));
    const total = all.reduce((sum, { sold }) => sum + sold, 0);
    for (const [index, { product, sold }] of all.entries()) yield { rank: index + 1, product: shout(product), share: sold / total };
  },
});
`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "models/shop/by_product.ts": byProduct,
    "models/shop/ranked.ts": ranked,
    "words/shout.ts": `export const shout = (text: string): string => text.toUpperCase();\n`,
  });
});
afterAll(() => project[Symbol.asyncDispose]());

const ranks = (): Promise<unknown> =>
  project.query(
    "select rank::integer as rank, product, round(share, 2)::double as share from shop.ranked order by rank",
  );

test("both kinds are built, one from the other", async () => {
  expect(await project.run()).toMatchObject({ code: 0, failed: [], held: [] });
  expect(await ranks()).toEqual([
    { rank: 1, product: "ESPRESSO", share: 0.67 },
    { rank: 2, product: "CORTADO", share: 0.33 },
  ]);
  expect(await project.run()).toMatchObject({ release: null, built: [] });
});

test("a change in a file that a model imports builds that model alone", async () => {
  await project.write({ "words/shout.ts": `export const shout = (text: string): string => text + "!";\n` });
  expect(await project.run()).toMatchObject({ code: 0, built: ["shop.ranked"] });
  expect(await ranks()).toMatchObject([{ product: "espresso!" }, { product: "cortado!" }]);
});

test("a model that throws is held with its message and its line, and hurts nobody else", async () => {
  const broken = ranked.replace(
    "const total",
    `if (all.length > 2) throw new TypeError("three is a crowd");\n    const total`,
  );
  await project.write({
    "models/shop/ranked.ts": broken,
    "landing/orders/new.csv": csv("8,2026-03-04,mocha,4.00"),
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, failed: ["shop.ranked"], held: ["shop.ranked"] });
  expect([...ran.built].toSorted()).toEqual(["raw.orders", "shop.by_product", "shop.revenue"]);
  const incident = ran.events.find(({ type }) => type === "incident");
  expect(incident?.["message"]).toContain("three is a crowd");
  expect(incident?.["message"]).toContain("ranked.ts:10");
  expect(await ranks()).toHaveLength(2);
});

test("a row that breaks the model's own promise is not published", async () => {
  await project.write({ "models/shop/ranked.ts": ranked.replace("share: sold / total", "share: sold") });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, failed: ["shop.ranked"] });
  expect(ran.events.find(({ type }) => type === "incident")?.["message"]).toContain("share");
  expect(await ranks()).toHaveLength(2);
  await project.write({ "models/shop/ranked.ts": ranked });
  expect(await project.run()).toMatchObject({ code: 0, built: ["shop.ranked"], failed: [] });
  expect(await ranks()).toMatchObject([{ product: "espresso!", share: 0.5 }, {}, {}]);
});

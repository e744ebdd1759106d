/** A check that refers to another dataset waits for it, whatever the names and however few workers there are. */
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

const lines = `/*---
checks:
  - references: { column: product, to: shop.products.product }
---*/
select id, product from raw.orders
`;
const products = "select distinct product from raw.orders\n";

test("in one release, from the first run on", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/lines.sql": lines,
    "models/shop/products.sql": products,
  });
  expect(await project.run()).toMatchObject({ release: 1, failed: [], held: [] });
});

test("and finds what is missing there", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/lines.sql": lines,
    "models/shop/products.sql": `${products}where product <> 'cortado'\n`,
  });
  expect(await project.run()).toMatchObject({ failed: ["shop.lines"] });
});

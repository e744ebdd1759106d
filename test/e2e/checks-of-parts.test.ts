/** What offends in rows that were there before is counted once, and added to what new rows do. */
import { readdir, open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

const checks = `checks:
  - row_predicate: { expression: "product <> 'espresso'", tolerance: 80%, name: other than espresso }
  - row_predicate: { expression: "length(product) > 7", tolerance: 4, name: long names }
  - row_predicate: { expression: "id > 0", name: numbered }
  - duplicate_values: { columns: [id, product], name: once }`;

/** Ways to keep a model of which new rows are a part of their own. */
const kept: Readonly<Record<string, string>> = {
  append: `/*---
materialized: append
${checks}
---*/
select id, product from raw.orders
`,
  interval: `/*---
materialized: { interval: { by: day, grain: day } }
${checks}
---*/
select id, day, product from raw.orders
`,
  upsert: `/*---
materialized: { upsert: { order: day } }
columns:
  id: { key: true }
${checks}
---*/
select id, day, product from raw.orders
`,
};

interface Shown {
  readonly checks: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly value: number;
    readonly message: string;
    readonly sample: readonly unknown[];
  }[];
}

test.each(Object.entries(kept))("of kind %s are not read again", { timeout: 300_000 }, async (_, lines) => {
  await using project = await projectOnDisk({ ...shop, "models/shop/lines.sql": lines });
  expect(await project.run()).toMatchObject({ failed: [], held: [] });
  await spoilRows(join(project.root, ".sluice", "data", "shop.lines"));

  await project.write({
    "landing/orders/b.csv": "id,day,product,amount\n4,2026-03-03,espresso,3.80\n5,2026-03-03,flat white,1\n",
  });
  expect(await project.run()).toMatchObject({ failed: [], held: [] });

  const { stdout } = await project.sluice(["show", "shop.lines", "--json"]);
  const { checks } = JSON.parse(stdout) as Shown;
  const found = (name: string) => checks.find((check) => check.name === name);
  expect(found("other than espresso")).toMatchObject({ passed: true, value: 3 });
  expect(found("other than espresso")?.message).toContain("3 of 5 rows");
  expect(found("other than espresso")?.sample).toHaveLength(3);
  expect(found("long names")).toMatchObject({ passed: true, value: 1 });
  expect(found("numbered")).toMatchObject({ passed: true, value: 0 });
  // Their numbers are higher than all that were there before.
  expect(found("once")).toMatchObject({ passed: true, value: 0 });
  const { code } = await project.sluice(["query", "from shop.lines"]);
  expect(code, "the old rows cannot be read").not.toBe(0);
});

/** Overwrite what files hold, but neither their lengths nor their footers: whoever reads their rows fails. */
async function spoilRows(directory: string): Promise<void> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith(".parquet"));
  expect(files).not.toEqual([]);
  for (const path of files) {
    const file = await open(join(directory, path), "r+");
    await file.write(Buffer.alloc(40, 7), 0, 40, 4);
    await file.close();
  }
}

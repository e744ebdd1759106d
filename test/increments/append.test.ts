/** Whatever happens to an input, an append model has the rows that building everything anew would give it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorld, type World } from "./world.ts";

const lines = `select o.n, o.day, o.product, p.price * o.amount as total, unnest([o.n, o.amount]) as x
from raw.orders o left join raw.products p on p.product = o.product
where o.amount > 1`;
const changed = lines.replace("o.amount > 1", "o.amount > 0");
const dear = "select n, total from shop.lines where total > 20 union all select x, total from shop.lines";

const header = `/*---
materialized: append
columns:
  n: { nullable: false, min: 0 }
checks:
  - row_count: { min: 0 }
---*/
`;

const project = {
  "sources/raw/orders.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/orders/*.csv"),
  columns: { n: t.integer(), day: t.date(), product: t.text(), amount: t.integer() } });
`,
  "sources/raw/products.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/products.csv"), columns: { product: t.text().key(), price: t.integer() } });
`,
  "landing/products.csv": "product,price\na,3\nb,10\n",
  "models/shop/lines.sql":
    header.replace("materialized: append", "materialized: { append: { over: raw.orders } }") + lines,
  "models/shop/dear.sql": header + dear,
};

const order = fc.tuple(
  fc.integer({ min: 0, max: 99 }),
  fc.integer({ min: 1, max: 28 }),
  fc.constantFrom("a", "b", "c"),
  fc.integer({ min: 0, max: 9 }),
);
const rows = fc
  .array(order, { maxLength: 4 })
  .map(
    (list) =>
      `n,day,product,amount\n${list.map(([n, day, product, amount]) => `${n},2026-01-${String(day).padStart(2, "0")},${product},${amount}\n`).join("")}`,
  );

/** What happens between two runs. A file number that is there already is corrected, or its rows come again. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("file" as const), number: fc.nat(5), text: rows }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), number: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("prices" as const), price: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("definition" as const), other: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("stop" as const), after: fc.integer({ min: 1, max: 8 }) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function happen(world: World, one: Step): Promise<void> {
  switch (one.kind) {
    case "file":
      return world.write({
        [`landing/orders/${one.number}.csv`]: one.text,
      });
    case "remove":
      return world.write({ [`landing/orders/${one.number}.csv`]: null });
    case "prices":
      return world.write({
        "landing/products.csv": `product,price\na,${one.price}\nb,10\n`,
      });
    case "definition":
      return world.write({
        "models/shop/lines.sql": project["models/shop/lines.sql"].replace(lines, one.other ? changed : lines),
      });
    case "stop":
      await world.run(one.after);
  }
}

test("append models over random histories of files, prices, definitions and interruptions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 }),
      async (history) => {
        await using world = await openWorld({
          ...project,
          "landing/orders/0.csv": "n,day,product,amount\n1,2026-01-01,a,5\n",
        });
        let query = lines;
        for (const steps of [[], ...history]) {
          for (const one of steps) {
            await happen(world, one);
            if (one.kind === "definition") query = one.other ? changed : lines;
          }
          const summary = await world.run();
          expect(summary).toMatchObject({ failed: [], held: [] });
          expect(await world.rows("select * from shop.lines")).toEqual(await world.rows(query));
          expect(await world.rows("select * from shop.dear")).toEqual(await world.rows(dear));
        }
      },
    ),
    {
      numRuns: Number(process.env["SLUICE_HISTORIES"] ?? 3),
      ...(process.env["SLUICE_SEED"] ? { seed: Number(process.env["SLUICE_SEED"]) } : {}),
    },
  );
}, 120_000);

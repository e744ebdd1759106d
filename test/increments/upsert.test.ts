/** Whatever happens to an input, an upsert model has the rows that building everything anew would give it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorld, type World } from "./world.ts";

const lines = `select c.id, c."at", p.name, c.amount, c.gone
from raw.changes c left join raw.products p on p.product = c.product
where c.amount >= 0`;
const changed = lines.replace("c.amount >= 0", "c.amount > 0");

/** What stands, as one query over everything. */
const standing = (query: string): string => `
select * from (${query}) where true
qualify row_number() over (partition by id order by "at" desc nulls last, name desc nulls last, amount desc nulls last, gone desc nulls last) = 1
  and gone is not true`;

const header = `/*---
materialized: { upsert: { order: at, deleted: gone, over: raw.changes } }
columns:
  id: { key: true }
  amount: { min: 0 }
checks:
  - row_count: { max: 1000000 }
---*/
`;

const project = {
  "sources/raw/changes.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/changes/*.csv"),
  columns: { id: t.integer(), at: t.integer().nullable(), product: t.text(), amount: t.integer(), gone: t.boolean().nullable() } });
`,
  "sources/raw/products.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/products.csv"), columns: { product: t.text().key(), name: t.text() } });
`,
  "landing/products.csv": "product,name\na,apple\nb,pear\n",
  "models/shop/orders.sql": header + lines,
  "models/shop/seen.sql": "select id, amount from shop.orders",
  "models/shop/grown.sql":
    "/*---\nmaterialized: append\n---*/\nselect id, amount + 1 as more from shop.orders",
};

const change = fc
  .tuple(
    fc.nat(9),
    fc.option(fc.nat(4), { nil: "" }),
    fc.constantFrom("a", "b", "c"),
    fc.nat(5),
    fc.constantFrom("", "", "false", "true"),
  )
  .map((values) => values.join());
const rows = fc
  .array(change, { maxLength: 5 })
  .map((list) => ["id,at,product,amount,gone", ...list, ""].join("\n"));

/** What happens between two runs. A file number that is there already is corrected; another with its rows repeats it. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("file" as const), number: fc.nat(12), text: rows }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), number: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("product" as const), name: fc.constantFrom("apple", "plum") }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("definition" as const), other: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("stop" as const), after: fc.integer({ min: 1, max: 9 }) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function happen(world: World, one: Step): Promise<void> {
  switch (one.kind) {
    case "file":
      return world.write({ [`landing/changes/${one.number}.csv`]: one.text });
    case "remove":
      return world.write({ [`landing/changes/${one.number}.csv`]: null });
    case "product":
      return world.write({ "landing/products.csv": `product,name\na,${one.name}\nb,pear\n` });
    case "definition":
      return world.write({ "models/shop/orders.sql": header + (one.other ? changed : lines) });
    case "stop":
      await world.run(one.after);
  }
}

/** Many changes at first, so that what comes later is small beside them. */
const first = [
  "id,at,product,amount,gone",
  ...Array.from({ length: 60 }, (_, n) => `${n % 12},${n % 3},a,${n % 7},${n % 11 === 0}`),
  "",
].join("\n");

const histories = Number(process.env["SLUICE_HISTORIES"] ?? 3);

test(
  "upsert models over random histories of files, products, definitions and interruptions",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 }),
        async (history) => {
          await using world = await openWorld({ ...project, "landing/changes/first.csv": first });
          let query = lines;
          for (const steps of [[], ...history]) {
            for (const one of steps) {
              await happen(world, one);
              if (one.kind === "definition") query = one.other ? changed : lines;
            }
            const summary = await world.run();
            expect(summary).toMatchObject({ failed: [], held: [] });
            expect(await world.rows("select * from shop.orders")).toEqual(await world.rows(standing(query)));
            expect(await world.rows("select * from shop.seen")).toEqual(
              await world.rows("select id, amount from shop.orders"),
            );
            expect(await world.rows("select * from shop.grown")).toEqual(
              await world.rows("select id, amount + 1 from shop.orders"),
            );
            expect(await world.rows("select count(*) from shop.orders")).toEqual([
              JSON.stringify([(await world.version("shop.orders"))?.rows]),
            ]);
          }
        },
      ),
      {
        endOnFailure: true,
        numRuns: histories,
        ...(process.env["SLUICE_SEED"] ? { seed: Number(process.env["SLUICE_SEED"]) } : {}),
      },
    );
  },
  histories * 40_000,
);

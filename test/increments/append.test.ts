/** Whatever happens to an input, an append model has the rows that building everything anew would give it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { effort, happen, histories, sources } from "./histories.ts";
import { openWorld } from "./world.ts";

const lines = `select o.n, o.day, o.product, p.price * o.amount as total, unnest([o.n, o.amount]) as x
from raw.orders o left join raw.products p on p.product = o.product
where o.amount > 1`;
const otherLines = lines.replace("o.amount > 1", "o.amount > 0");
const dear = "select n, total from shop.lines where total > 20 union all select x, total from shop.lines";

const header = (over: string): string => `/*---
materialized: { append: { over: ${over} } }
columns:
  n: { nullable: false, min: 0 }
checks:
  - row_count: { max: 1000000 }
---*/
`;
const linesModel = (query: string) => ({ "models/shop/lines.sql": header("raw.orders") + query });

test("append models over random histories of files, prices, definitions and interruptions", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await using world = await openWorld({
        ...sources,
        ...linesModel(lines),
        "models/shop/dear.sql": header("shop.lines") + dear,
      });
      let query = lines;
      for (const steps of [[], ...history]) {
        for (const one of steps) {
          if (one.kind === "definition") query = one.other ? otherLines : lines;
          await happen(world, one, (other) => linesModel(other ? otherLines : lines));
        }
        expect(await world.run()).toMatchObject({ failed: [], held: [] });
        expect(await world.rows("select * from shop.lines")).toEqual(await world.rows(query));
        expect(await world.rows("select * from shop.dear")).toEqual(await world.rows(dear));
      }
    }),
    effort,
  );
}, 240_000);

test("a new file makes one part more, and the others stay the files that they are; many small ones become one", async () => {
  await using world = await openWorld({ ...sources, ...linesModel(lines) });
  await world.run();
  let before = await world.files("shop.lines");
  for (let number = 1; number <= 20; number += 1) {
    await world.write({
      [`landing/orders/${number}.csv`]: `n,day,product,amount\n${number},2026-01-02,a,5\n`,
    });
    await world.run();
    const after = await world.files("shop.lines");
    const kept = after.filter(({ key }) => before.some((file) => file.key === key));
    if (after.length > before.length) expect(kept.length).toBe(before.length);
    else expect(after.length).toBeLessThan(5);
    before = after;
  }
  expect(before.length).toBeLessThan(17);
  expect((await world.files("raw.orders")).length).toBeLessThan(17);
  expect(await world.rows("select * from shop.lines")).toEqual(await world.rows(lines));
  expect(await world.rows("select count(*) from shop.lines")).toEqual(["[42]"]);
}, 120_000);

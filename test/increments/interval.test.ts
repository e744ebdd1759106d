/** Whatever happens to its inputs, an interval model has the rows that building everything anew would give it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { effort, happen, histories, sources } from "./histories.ts";
import { openWorld } from "./world.ts";

const daily = `select o.day, p.price, count(*) as orders, cast(sum(o.amount) as bigint) as amount
from raw.orders o left join raw.products p on p.product = o.product
group by all`;
const otherDaily = daily.replace("sum(o.amount)", "max(o.amount)");
/** Three days at a time. */
const moving = `select day, cast(sum(sum(amount)) over (order by day range between interval 2 days preceding and current row) as bigint) as total
from raw.orders group by day`;
const weekly =
  "select cast(date_trunc('week', day) as date) as monday, cast(sum(orders) as bigint) as orders from shop.daily group by all";

const model = (interval: string, query: string): string => `/*---
materialized: { interval: ${interval} }
---*/
${query}
`;
const dailyModel = (query: string) => ({
  "models/shop/daily.sql": model("{ by: day, grain: day }", query),
});
const models = {
  ...dailyModel(daily),
  "models/shop/moving.sql": model("{ by: day, grain: day, lookback: 2 }", moving),
  "models/shop/weekly.sql": model("{ by: monday, grain: week }", weekly),
};

test("interval models over random histories of late, repeated, corrected and removed rows", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await using world = await openWorld({ ...sources, ...models });
      let query = daily;
      for (const steps of [[], ...history]) {
        for (const one of steps) {
          if (one.kind === "definition") query = one.other ? otherDaily : daily;
          await happen(world, one, (other) => dailyModel(other ? otherDaily : daily));
        }
        expect(await world.run()).toMatchObject({ failed: [], held: [] });
        expect(await world.rows("select * from shop.daily")).toEqual(await world.rows(query));
        expect(await world.rows("select * from shop.moving")).toEqual(await world.rows(moving));
        expect(await world.rows("select * from shop.weekly")).toEqual(await world.rows(weekly));
      }
    }),
    effort,
  );
}, 240_000);

test("where only the time changes by which an interval sees its rows, it is built again", async () => {
  const seen = (time: string) => ({
    "models/shop/seen.sql": `select n, day, ${time} as seen from raw.orders`,
  });
  await using world = await openWorld({
    ...sources,
    ...seen("day"),
    "models/shop/last.sql": model(
      "{ by: day, grain: day, lookback: 1, inputs: { shop.seen: seen } }",
      "select max(day) as day, count(*) as orders from shop.seen",
    ),
    "landing/orders/1.csv": "n,day,product,amount\n2,2026-01-02,a,1\n3,2026-01-03,a,1\n",
  });
  await world.run();
  expect(await world.rows("select orders from shop.last order by day")).toEqual(["[1]", "[2]", "[2]"]);
  await world.write(seen("case when n = 1 then date '2026-01-03' else day end"));
  expect(await world.run()).toMatchObject({ failed: [], held: [] });
  expect(await world.rows("select orders from shop.last")).toEqual(["[1]", "[3]"]);
});

/** Views: not stored, read like any other dataset, by everybody and at every release. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { join } from "node:path";
import { inspect } from "../faults/inspect-state.ts";
import { type ProjectOnDisk, projectOnDisk, type SqlRow } from "./project-on-disk.ts";
import { shop, tuesday } from "./shop-project.ts";

const view = (sql: string, more = ""): string => `/*---\nmaterialized: view\n${more}---*/\n${sql}\n`;

const big = view(
  "select id, day, amount from raw.orders where amount >= 3 order by id",
  "columns:\n  id: { key: true }\nchecks:\n  - expression: amount < 100\n",
);
const days = view('select day, count(*) as "number", sum(amount) as amount from shop.big group by day');
const best = "select max(amount) as amount, sum(number)::integer as orders from shop.days";
const rows = `import { dataset, model, t } from "sluice";
export default model({
  inputs: { days: dataset("shop.days") },
  columns: { day: t.date(), amount: t.decimal(38, 2) },
  async *rows({ days }) {
    for await (const { day, amount } of days) yield { day, amount };
  },
});
`;

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk({
    ...shop,
    "models/shop/big.sql": big,
    "models/shop/days.sql": days,
    "models/shop/best.sql": best,
    "models/shop/listed.ts": rows,
  });
});
afterEach(() => project[Symbol.asyncDispose]());

const sound = async (): Promise<void> => {
  const places = { state: join(project.root, ".sluice/state.db"), data: join(project.root, ".sluice/data") };
  expect((await inspect(places)).problems).toEqual([]);
};

const one = async (sql: string, ...flags: readonly string[]): Promise<SqlRow | undefined> =>
  (await project.query(sql, ...flags))[0];

test("a view keeps no files, and everybody reads through it", async () => {
  const first = await project.run();
  expect(first).toMatchObject({ code: 0, release: 1, held: [] });
  expect(first.built).toContain("shop.days");
  expect((await project.snapshot(".sluice/data")).filter((file) => /shop\.(big|days)/.test(file))).toEqual(
    [],
  );
  expect(await project.query("from shop.days")).toEqual([{ day: "2026-03-02", number: 1, amount: "3.00" }]);
  expect(await project.query("from shop.listed")).toEqual([{ day: "2026-03-02", amount: "3.00" }]);
  await project.write({ "landing/orders/tuesday.csv": tuesday });
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  expect(await one("from shop.best")).toEqual({ amount: "3.80", orders: 2 });
  expect(await one("select count(*)::integer as n from shop.days")).toEqual({ n: 2 });
  expect(await one("select count(*)::integer as n from shop.days", "--at", "1")).toEqual({ n: 1 });
  expect(await one("select count(*)::integer as n from shop.listed")).toEqual({ n: 2 });
  expect(await project.run()).toMatchObject({ code: 0, release: null, built: [] });
  await sound();
});

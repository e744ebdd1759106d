/** A large part of a source from which a landing file goes is not copied: what is left is read, and nothing else. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { parquet } from "./parquet-file.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Orders of one day: `rows` of them, numbered from `first` on. */
const orders = (day: number, first: number, rows: number, amount: number): Promise<Uint8Array> =>
  parquet(`select i as id, timestamp '2026-03-01' + to_days(${day}) + to_seconds(i % 80000) as "at", ${amount} as amount
    from range(${first}, ${first + rows}) r(i)`);

const daily = `/*---
materialized: { interval: { by: day, grain: day } }
---*/
select cast("at" as date) as day, count(*) as orders, sum(amount)::bigint as amount from raw.orders group by all
`;

/** The parts of the source: rows, and the landing files that are left out. */
async function partsOf(project: ProjectOnDisk): Promise<readonly [number, readonly string[]][]> {
  const store = await openSqliteStore(join(project.root, ".sluice", "state.db"));
  try {
    const pointer = (await store.pointers("dev")).get("raw.orders");
    const [version] = await store.versions([pointer?.version ?? ""]);
    return (version?.files ?? []).map(({ rows, without = {} }) => [rows, Object.keys(without)]);
  } finally {
    await store.close();
  }
}

const whole = "select count(*)::integer as rows, sum(amount)::integer as amount from raw.orders";

/** What a project publishes that has never seen anything but the files of now. */
async function fresh(project: ProjectOnDisk, files: Readonly<Record<string, Uint8Array>>) {
  await using other = await projectOnDisk({ ...shop, ...files });
  await other.run();
  expect(await project.query(whole)).toEqual(await other.query(whole));
  const days = "select day, orders, amount from shop.daily order by day";
  expect(await project.query(days)).toEqual(await other.query(days));
}

const shop = {
  "sluice.config.ts": config(),
  "sources/raw/orders.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/*.parquet"), columns: { id: t.integer().key(), at: t.timestamp(), amount: t.integer() } });
`,
  "models/shop/daily.sql": daily,
};

test("a landing file that goes out of a large part is left out; of many, the part is written anew", async () => {
  const [a, b, c, d] = await Promise.all([
    orders(1, 0, 150_000, 1),
    orders(2, 150_000, 20_000, 2),
    orders(3, 170_000, 80_000, 3),
    // Of a day that others have as well.
    orders(3, 250_000, 5_000, 4),
  ]);
  const files = {
    "landing/a.parquet": a,
    "landing/b.parquet": b,
    "landing/c.parquet": c,
    "landing/d.parquet": d,
  };
  await using project = await projectOnDisk({ ...shop, ...files });
  await project.run();
  expect(await partsOf(project)).toEqual([[255_000, []]]);

  // Another day, with keys that its rows had before and some that others have.
  const again = await orders(4, 149_990, 20_000, 20);
  await project.write({ "landing/b.parquet": again });
  const ran = await project.run();
  expect(ran.rows["raw.orders"]).toMatchObject({ accepted: 254_990, quarantined: 10 });
  const end = ran.events.find(({ type, dataset }) => type === "finished" && dataset === "shop.daily");
  expect(end?.["parts"]).toEqual({ unit: "day", built: 1, of: 3 });
  expect(await partsOf(project)).toEqual([
    [255_000, ["landing/b.parquet"]],
    [19_990, []],
  ]);
  await fresh(project, { ...files, "landing/b.parquet": again });

  await project.write({ "landing/b.parquet": null, "landing/d.parquet": null });
  await project.run();
  expect(await partsOf(project)).toEqual([[255_000, ["landing/b.parquet", "landing/d.parquet"]]]);
  await fresh(project, { "landing/a.parquet": a, "landing/c.parquet": c });

  await project.write({ "landing/c.parquet": null });
  await project.run();
  expect(await partsOf(project)).toEqual([[150_000, []]]);
  await fresh(project, { "landing/a.parquet": a });
});

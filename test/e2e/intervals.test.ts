/** Models by intervals of time: late rows, looking back, new definitions, and building ahead. */
import { expect, test } from "vitest";
import { type ProjectFiles, projectOnDisk, type Ran } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const orders = `import { files, source, t } from "sluice";
export default source({ from: files("landing/orders/*.csv"), columns: { n: t.integer(), day: t.date(), amount: t.integer() } });
`;
const daily = (value: string): string => `/*---
materialized: { interval: { by: day, grain: day } }
columns:
  day: { key: true }
---*/
select day, cast(${value} as bigint) as amount from raw.orders group by day
`;
const moving = `/*---
materialized: { interval: { by: day, grain: day, lookback: 2 } }
---*/
select day, cast(sum(sum(amount)) over (order by day range between interval 2 days preceding and current row) as bigint) as amount
from raw.orders group by day
`;

/** Two orders on each of some days of March. */
const days = (first: number, last: number): string =>
  [
    "n,day,amount\n",
    ...Array.from({ length: last - first + 1 }, (_, at) => {
      const day = `2026-03-${String(first + at).padStart(2, "0")}`;
      return `1,${day},2\n2,${day},3\n`;
    }),
  ].join("");

const shop: ProjectFiles = {
  "sluice.config.ts": config(),
  "sources/raw/orders.ts": orders,
  "models/shop/daily.sql": daily("sum(amount)"),
  "models/shop/moving.sql": moving,
  "landing/orders/a.csv": days(1, 20),
};

interface PartsBuilt {
  readonly unit: string;
  readonly built: number;
  readonly of: number;
}

/** How much of a model a run built. */
function built(ran: Ran, dataset: string): PartsBuilt | undefined {
  expect(ran).toMatchObject({ code: 0, failed: [], held: [] });
  const end = ran.events.find((event) => event.type === "finished" && event.dataset === dataset);
  return end?.["parts"] as PartsBuilt | undefined;
}

const day = (built: number, of: number): PartsBuilt => ({ unit: "day", built, of });

test("one late row opens its own interval, and those that look back at it", async () => {
  await using project = await projectOnDisk(shop);
  const first = await project.run();
  expect(built(first, "shop.daily")).toEqual(day(20, 20));
  await project.write({ "landing/orders/late.csv": "n,day,amount\n9,2026-03-07,100\n" });
  const late = await project.run();
  expect(built(late, "shop.daily")).toEqual(day(1, 20));
  expect(built(late, "shop.moving")).toEqual(day(3, 20));
  expect(await project.query("select day from shop.daily where amount > 5")).toEqual([{ day: "2026-03-07" }]);
  expect(await project.query("select day from shop.moving where amount > 15 order by day")).toEqual(
    ["2026-03-07", "2026-03-08", "2026-03-09"].map((text) => ({ day: text })),
  );
  await project.write({ "landing/orders/next.csv": days(21, 21) });
  expect(built(await project.run(), "shop.daily")).toEqual(day(1, 21));
  await project.write({ "landing/orders/late.csv": null });
  // As it was before the late row: those parts are still there.
  expect(built(await project.run(), "shop.daily")).toEqual(day(0, 21));
  expect(await project.query("select day from shop.daily where amount > 5")).toEqual([]);
});

test("a new definition opens every interval, the plan says so, and what was built ahead is found", async () => {
  await using project = await projectOnDisk(shop);
  await project.run();
  await project.write({ "models/shop/daily.sql": daily("max(amount)") });
  const plan = await project.sluice(["plan"]);
  expect(plan.stdout).toContain("all 20 days, 2026-03-01 to 2026-03-20");
  const range = ["--from", "2026-03-05", "--to", "2026-03-15"];
  const some = await project.sluice(["backfill", "shop.daily", ...range, "--json"]);
  expect(JSON.parse(some.stdout)).toMatchObject({
    datasets: [{ dataset: "shop.daily", grain: "day", intervals: 10, missing: 10, built: 10 }],
  });
  expect(await project.query("select distinct amount from shop.daily")).toEqual([{ amount: 5 }]);
  const again = await project.sluice(["backfill", ...range]);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain("shop.daily: nothing missing of 10 days");
  expect(built(await project.run(), "shop.daily")).toEqual(day(10, 20));
  expect(await project.query("select distinct amount from shop.daily")).toEqual([{ amount: 3 }]);

  await project.write({ "models/shop/daily.sql": daily("min(amount)") });
  await project.sluice(["backfill", "--from", "2026-01-01", "--to", "2027-01-01"]);
  expect(built(await project.run(), "shop.daily")).toEqual(day(0, 20));
  expect(await project.query("select distinct amount from shop.daily")).toEqual([{ amount: 2 }]);
});

test("building ahead is refused where inputs move on, and where there is nothing by intervals", async () => {
  await using project = await projectOnDisk(shop);
  const range = ["--from", "2026-03-01", "--to", "2026-03-15"];
  const never = await project.sluice(["backfill", ...range]);
  expect(never).toMatchObject({ code: 1 });
  expect(never.stderr).toContain("shop.daily reads raw.orders, which moves on with the next run");
  expect(never.stderr).toContain("sluice run --select +raw.orders");
  const nothing = await project.sluice(["backfill", "raw.orders", ...range]);
  expect(nothing).toMatchObject({ code: 64 });
  const turned = await project.sluice(["backfill", "--from", "2026-03-02", "--to", "2026-03-01"]);
  expect(turned).toMatchObject({ code: 64 });
});

test("rows that belong to no interval hold the model, and are told", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "sources/raw/orders.ts": orders.replace("t.date()", "t.date().nullable()"),
    "models/shop/daily.sql": daily("sum(amount)").replace(
      "  day: { key: true }",
      "  day: { nullable: true }",
    ),
    "models/shop/moving.sql": moving.replace("from raw.orders", "from raw.orders where day is not null"),
    "landing/orders/odd.csv": "n,day,amount\n7,,1\n8,,1\n",
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, failed: ["shop.daily", "shop.moving"] });
  const why = ran.events.find(({ type }) => type === "incident")?.["message"];
  expect(why).toContain('2 rows of raw.orders have no value in "day"');
});

test("a corrected file opens the intervals of its rows, not those of others that came with it", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "landing/orders/b.csv": "n,day,amount\n5,2026-03-04,7\n6,2026-03-05,7\n",
  });
  await project.run();
  expect((await project.query("select count(*) as rows from raw.orders"))[0]).toEqual({ rows: 42 });
  await project.write({ "landing/orders/b.csv": "n,day,amount\n5,2026-03-04,7\n6,2026-03-09,7\n" });
  const ran = await project.run();
  expect(built(ran, "shop.daily")).toEqual(day(3, 20));
  expect(await project.query("select day, amount from shop.daily where amount > 5 order by day")).toEqual([
    { day: "2026-03-04", amount: 12 },
    { day: "2026-03-09", amount: 12 },
  ]);
});

test("building ahead that was killed goes on behind what is finished", async () => {
  const start = Date.parse("2026-01-01T00:00:00Z");
  const hours = Array.from({ length: 1500 }, (_, hour) => {
    const at = new Date(start + hour * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    return `${hour},${at},${hour % 7}\n`;
  });
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders.replace("day: t.date()", "day: t.timestamp()"),
    "models/shop/hourly.sql": `/*---
materialized: { interval: { by: day, grain: hour } }
---*/
select day, cast(sum(amount) as bigint) as amount from raw.orders group by day
`,
    "landing/orders/a.csv": `n,day,amount\n${hours.join("")}`,
  });
  expect(await project.run("--select", "raw.orders")).toMatchObject({ code: 0 });
  const range = ["--from", "2026-01-01", "--to", "2027-01-01"];
  const killed = project.start(["backfill", ...range]);
  killed.child.stderr?.on("data", (text: string) => {
    if (/ [1-9][\d,]* of 1,500 missing hours/.test(text)) killed.child.kill("SIGKILL");
  });
  expect(await killed.ended).toMatchObject({ signal: "SIGKILL" });
  const stopped = project.start(["backfill", ...range]);
  stopped.child.stderr?.once("data", () => stopped.child.kill("SIGINT"));
  const { code, stderr } = await stopped.ended;
  if (code !== 0)
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("the same command goes on") as string,
    });
  const again = await project.sluice(["backfill", ...range, "--json"]);
  const { datasets } = JSON.parse(again.stdout) as {
    datasets: readonly { readonly missing: number; readonly built: number }[];
  };
  expect(datasets[0]?.built).toBe(datasets[0]?.missing);
  expect(datasets[0]?.missing).toBeLessThanOrEqual(1000);
  expect(built(await project.run(), "shop.hourly")).toEqual({ unit: "hour", built: 0, of: 1500 });
  expect(
    await project.query("select count(*) as hours, sum(amount)::int as amount from shop.hourly"),
  ).toEqual([{ hours: 1500, amount: hours.reduce((sum, _, hour) => sum + (hour % 7), 0) }]);
});

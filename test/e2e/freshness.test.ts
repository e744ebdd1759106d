/** A source of which nothing comes is told of by runs that have nothing to do, until something comes. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk, type Ran } from "./project-on-disk.ts";
import { csv, orders, shop } from "./shop-project.ts";

const limited = (limits: string): string =>
  orders.replace("  columns:", `  freshness: ${limits},\n  columns:`);

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({ ...shop, "sources/raw/orders.ts": limited('{ warn: "1d" }') });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  expect(told(await project.run())).toEqual([]);
});
afterAll(() => project[Symbol.asyncDispose]());

const told = ({ events }: Ran) =>
  events
    .filter(({ type }) => type === "incident")
    .map(({ change, severity, dataset }) => [change, severity, dataset]);
const allow = (limits: string) => project.write({ "sources/raw/orders.ts": limited(limits) });

test("past its first limit it warns, past its second it stops, and nothing is held", async () => {
  // The logical time of a run is told to the second.
  await sleep(2100);
  await allow('{ warn: "1s", stop: "1d" }');
  const late = await project.run();
  expect(late).toMatchObject({ code: 0, release: 2, built: [], held: [], failed: [] });
  expect(told(late)).toEqual([["opened", "warn", "raw.orders"]]);
  await allow('{ warn: "1s", stop: "2s" }');
  await sleep(1500);
  const said = await project.sluice(["run"]);
  expect(said).toMatchObject({ code: 0 });
  // The new limits are recorded; no data moves for them.
  expect(said.stdout).toContain("Release 3 published to dev");
  expect(said.stdout).toMatch(
    /raw\.orders stopped: nothing came since .* UTC, the limit is 2s; readers keep the version of release 2/,
  );
  expect((await project.sluice(["incidents", "show", "1"])).stdout).toContain("board");
  expect((await project.sluice(["show", "raw.orders"])).stdout).toMatch(
    /^incident 1 \(open\): raw\.orders stopped/m,
  );
});

test("it is told once, and not by every run that has nothing to do", async () => {
  expect(told(await project.run())).toEqual([]);
  expect((await project.sluice(["run"])).stdout).toBe("Nothing to do: dev is at release 3.\n");
});

test("other limits resolve it", async () => {
  await allow('{ warn: "1d" }');
  expect(told(await project.run())).toEqual([["resolved", "stop", "raw.orders"]]);
});

test("no file has to change for it to be found, and a delivery resolves it", async () => {
  await allow('{ warn: "12s" }');
  await project.write({ "landing/orders/next.csv": csv("40,2026-03-05,tea,1.00") });
  expect(await project.run()).toMatchObject({ code: 0, release: 5 });
  await sleep(13_100);
  expect(told(await project.run())).toEqual([["opened", "warn", "raw.orders"]]);
  await project.touch("landing/orders/next.csv");
  expect(told(await project.run())).toEqual([]);
  await project.write({ "landing/orders/later.csv": csv("41,2026-03-06,tea,1.00") });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 6 });
  expect(told(ran)).toEqual([["resolved", "warn", "raw.orders"]]);
});

const needing = (limits: string): string => `import { consumer } from "sluice";
export default consumer({ type: "dashboard", reads: ["shop.revenue"], freshness: ${limits} });
`;

test("a consumer whose data is older than it needs it is told, where no source says so itself", async () => {
  await using own = await projectOnDisk({
    ...shop,
    "consumers/till.ts": needing('{ warn: "1s", stop: "1d" }'),
  });
  expect(await own.run()).toMatchObject({ code: 0, release: 1 });
  await sleep(2100);
  expect(told(await own.run())).toEqual([["opened", "warn", "shop.revenue"]]);
  expect(told(await own.run())).toEqual([]);
  const shown = await own.sluice(["incidents", "show", "1"]);
  expect(shown.stdout).toMatch(/nothing came since .* UTC, and consumer till needs it within 1s/);
  // The source says it itself from now on, and names whom it touches.
  await own.write({ "sources/raw/orders.ts": limited('{ warn: "1s" }') });
  expect(told(await own.run()).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ["opened", "warn", "raw.orders"],
    ["resolved", "warn", "shop.revenue"],
  ]);
  await own.write({
    "sources/raw/orders.ts": orders,
    "consumers/till.ts": needing('{ warn: "1s", stop: "2s" }'),
  });
  expect(told(await own.run()).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ["opened", "stop", "shop.revenue"],
    ["resolved", "warn", "raw.orders"],
  ]);
  await own.write({
    "consumers/till.ts": needing('{ stop: "30s" }'),
    "landing/orders/new.csv": csv("50,2026-03-06,tea,1.00"),
  });
  expect(told(await own.run())).toEqual([["resolved", "stop", "shop.revenue"]]);
});

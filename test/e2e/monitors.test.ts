/** What learns from history: a healthy month, a delivery that is not like the others, and what people say of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk, type Ran } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"),
  columns: { id: t.integer().key(), amount: t.number(), email: t.text().nullable().tag("pii.email") },
  monitors: { volume: "stop", columns: { id: "off" } },
});
`,
    "models/shop/totals.sql": "select count(*) as orders, sum(amount) as amount from raw.orders",
  });
});
afterAll(() => project[Symbol.asyncDispose]());

/** A delivery that replaces the one before; amounts and counts vary a little. */
async function deliver(day: number, { rows = 1, missing = 0 } = {}): Promise<void> {
  const count = Math.round((200 + 8 * Math.sin(day * 2.4)) * rows);
  const lines = Array.from({ length: count }, (_, index) => {
    const email = index < missing * count ? "" : `someone-${index}@example.org`;
    return `${day * 1000 + index},${(20 + 5 * Math.sin(index * 1.7 + day)).toFixed(2)},${email}`;
  });
  await project.write({ "landing/orders.csv": `id,amount,email\n${lines.join("\n")}\n` });
}

interface Finding {
  readonly name: string;
  readonly severity: string;
  readonly message: string;
  readonly expected?: { readonly low: number; readonly high: number };
}

/** What the last word on a dataset found. */
const findingsOf = ({ events }: Ran, dataset: string): readonly Finding[] =>
  (events.findLast((event) => event.type === "finished" && event.dataset === dataset)?.["findings"] ??
    []) as readonly Finding[];

async function versionNow(): Promise<string> {
  const { stdout } = await project.sluice(["show", "raw.orders", "--json"]);
  return (JSON.parse(stdout) as { readonly version: { readonly id: string } }).version.id;
}

test("a month of healthy deliveries raises nothing", { timeout: 300_000 }, async () => {
  for (let day = 0; day < 22; day++) {
    await deliver(day);
    const ran = await project.run();
    expect(ran, `day ${day}`).toMatchObject({ code: 0, release: day + 1 });
    expect([...findingsOf(ran, "raw.orders"), ...findingsOf(ran, "shop.totals")], `day ${day}`).toEqual([]);
  }
});

test("a column that loses its values is told, with what was expected, and published all the same", async () => {
  await deliver(22, { missing: 0.2 });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 23 });
  const nulls = findingsOf(ran, "raw.orders").find(({ name }) => name === "monitor nulls of email");
  expect(nulls).toMatchObject({ severity: "warn", expected: { low: 0 } });
  expect(nulls?.expected?.high).toBeLessThan(0.1);
  expect(nulls?.message).toMatch(/^2\d(\.\d+)? %, expected 0 % to .* \(learnt from 22 releases\)$/);
  const { stdout } = await project.sluice(["run"]);
  expect(stdout).toContain("Nothing to do");
  expect((await project.sluice(["show", "raw.orders"])).stdout).toContain("monitor nulls of email");
});

test("half a delivery is kept from readers, where volume is said to stop", async () => {
  await deliver(23, { rows: 0.5 });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: null, failed: ["raw.orders"], current: 23 });
  expect(ran.held).toEqual(["raw.orders", "shop.totals"]);
  expect(findingsOf(ran, "raw.orders")).toContainEqual(
    expect.objectContaining({ name: "monitor volume", severity: "stop" }),
  );
  const [row] = await project.query("select count(*) as rows from raw.orders");
  expect(Number(row?.["rows"])).toBeGreaterThan(150);
});

test("what people say is remembered, and lets the candidate through", async () => {
  const listed = await project.sluice(["monitors", "ls"]);
  expect(listed.code).toBe(2);
  expect(listed.stdout).toMatch(/raw\.orders .*a candidate is refused: monitor volume: .* 1 finding/);
  expect((await project.sluice(["monitors", "show", "raw.orders"])).stdout).toContain(
    "stop  a candidate is refused: monitor volume: ",
  );
  const said = await project.sluice(["monitors", "expected", "raw.orders", "--why", "a holiday"]);
  expect(said.stdout).toContain("published by the next run");
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 24, failed: [] });
  expect(findingsOf(ran, "raw.orders")).toEqual([]);
  // The level may have moved there: the same again is no news, and neither is what was before.
  await deliver(24, { rows: 0.5 });
  expect(await project.run()).toMatchObject({ code: 0, release: 25 });
  await deliver(25);
  expect(await project.run()).toMatchObject({ code: 0, release: 26 });
});

test("what was really wrong is no part of the past, and what was found is replayed", async () => {
  expect((await project.sluice(["monitors", "real", "orders", "--release", "23"])).code).toBe(0);
  const { stdout } = await project.sluice(["monitors", "backtest", "raw.orders", "--json"]);
  const replayed = JSON.parse(stdout) as { readonly judged: number; readonly datasets: readonly object[] };
  expect(replayed.judged).toBeGreaterThan(150);
  expect(replayed.datasets).toEqual([
    expect.objectContaining({ dataset: "raw.orders", releases: 26, wrong: 1, found: 1 }),
  ]);
  const shown = await project.sluice(["monitors", "show", "orders"]);
  expect(shown.stdout).toContain("volume");
  expect(shown.stdout).not.toContain("of id");
  expect((await project.sluice(["monitors", "real", "raw.orders", "--release", "99"])).code).toBe(64);
});

test("columns that change under a query that did not are told", async () => {
  await project.write({ "models/shop/copies.sql": "select * from shop.totals" });
  expect(await project.run()).toMatchObject({ code: 0, release: 27 });
  await project.write({ "models/shop/totals.sql": "select count(*) :: double as orders from raw.orders" });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 28 });
  expect(findingsOf(ran, "shop.totals")).toEqual([]);
  expect(findingsOf(ran, "shop.copies")).toEqual([
    expect.objectContaining({
      name: "monitor schema",
      message: "orders was BIGINT and is DOUBLE, amount is gone, though its query is the same",
    }),
  ]);
});

test("after a rollback, what was rolled back is meant, and said to be", async () => {
  const before = await versionNow();
  await deliver(26);
  expect(await project.run()).toMatchObject({ code: 0, release: 29 });
  const bad = await versionNow();
  expect((await project.sluice(["rollback"])).code).toBe(0);
  expect(await versionNow()).toBe(before);
  const { stdout } = await project.sluice(["monitors", "real", "raw.orders", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ feedback: { version: bad }, state: "earlier", release: 29 });
  const said = await project.sluice(["monitors", "real", "raw.orders"]);
  expect(said.stdout).toContain(
    `Version ${bad.slice(0, 8)} of raw.orders, which readers had with release 29 and have no more, is no part`,
  );
  expect(said.stdout).toContain("--release");
  expect((await project.sluice(["monitors", "ls"])).stdout).toMatch(
    /raw\.orders .*release 29, .*rolled back/,
  );
  const other = await project.sluice(["monitors", "expected", "raw.orders", "--release", "30"]);
  expect(other.stdout).toContain(`Version ${before.slice(0, 8)} of raw.orders, which readers have since`);
});

test("a setting for a column that is not there is a mistake of the project", async () => {
  await project.write({
    "models/shop/wrong.sql":
      "/*---\nmonitors: { volume: stpo, columns: { ordres: off, orders: { mena: stop } } }\n---*/\nselect count(*) as orders from raw.orders",
  });
  const { code, stderr } = await project.sluice(["check"]);
  expect(code).toBe(1);
  expect(stderr).toContain('"monitors.volume" must be "off", "warn" or "stop", not "stpo"');
  expect(stderr).toContain('column "ordres" does not exist in shop.wrong');
  expect(stderr).toContain('setting "mena" does not exist in "monitors.columns.orders"');
});

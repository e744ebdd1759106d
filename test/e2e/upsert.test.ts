/** What is kept by key, through the built program: late rows, deletions, failures, letting go, and a kill in between. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspect } from "../faults/inspect-state.ts";
import { type ProjectOnDisk, projectOnDisk, type SqlRow } from "./project-on-disk.ts";

const changes = (...rows: readonly string[]): string => ["id,changed_at,state,gone", ...rows, ""].join("\n");

const model = (more = ""): string => `/*---
materialized: { upsert: { order: changed_at, deleted: gone } }
columns:
  id: { key: true }
  state: { oneOf: [new, paid, sent] }
---*/
select id, changed_at, state, gone from raw.changes${more}
`;

/** So many that one more is little. */
const many = Array.from({ length: 400 }, (_, id) => `${id},2026-01-01T10:00:00Z,new,false`);

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": `import { project } from "sluice";
export default project({ name: "shop" });
`,
    "sources/raw/changes.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/changes/*.csv"),
  columns: { id: t.integer().nullable(), changed_at: t.timestamp(), state: t.text(), gone: t.boolean() },
});
`,
    "models/shop/orders.sql": model(),
    "models/shop/states.sql": "select state, count(*)::integer as orders from shop.orders group by state",
    "landing/changes/1.csv": changes(...many),
  });
  expect(await project.run()).toMatchObject({ release: 1, failed: [] });
});
afterEach(() => project[Symbol.asyncDispose]());

const states = (...flags: readonly string[]): Promise<readonly SqlRow[]> =>
  project.query("from shop.states order by state", ...flags);
const order = async (id: number): Promise<unknown> =>
  (await project.query(`select state from shop.orders where id = ${id}`))[0]?.["state"];
const places = (): { state: string; data: string } => ({
  state: join(project.root, ".sluice/state.db"),
  data: join(project.root, ".sluice/data"),
});
const sound = async (): Promise<void> => expect((await inspect(places())).problems).toEqual([]);

test("a late row, a deletion and its return are seen, and nothing that is kept is written again", async () => {
  const before = await project.snapshot(".sluice/data/shop.orders");
  await project.write({
    "landing/changes/2.csv": changes(
      "7,2026-01-02T10:00:00Z,paid,false",
      "8,2025-12-31T10:00:00Z,sent,false",
      "9,2026-01-02T10:00:00Z,new,true",
    ),
  });
  const plan = await project.sluice(["plan"]);
  expect(plan.stdout).toContain("only files with new rows");
  expect(await project.run()).toMatchObject({ release: 2, failed: [] });
  expect(await states()).toEqual([
    { state: "new", orders: 398 },
    { state: "paid", orders: 1 },
  ]);
  expect([await order(7), await order(8), await order(9)]).toEqual(["paid", "new", undefined]);
  const after = await project.snapshot(".sluice/data/shop.orders");
  expect(after).toEqual(expect.arrayContaining([...before]));
  await sound();

  await project.write({
    "landing/changes/3.csv": changes(
      "9,2026-01-01T12:00:00Z,sent,false",
      "7,2026-01-03T10:00:00Z,sent,false",
    ),
  });
  await project.run();
  expect([await order(9), await order(7)]).toEqual([undefined, "sent"]);
  await project.write({ "landing/changes/4.csv": changes("9,2026-01-04T10:00:00Z,paid,false") });
  await project.run();
  expect(await order(9)).toBe("paid");
  await sound();

  await project.write({ "landing/changes/5.csv": changes("11,2025-01-01T10:00:00Z,sent,false") });
  expect(await project.run()).toMatchObject({
    built: ["raw.changes", "shop.orders"],
    reused: ["shop.states"],
  });

  expect(await states("--at", "1")).toEqual([{ state: "new", orders: 400 }]);
  const diff = await project.sluice(["diff", "dev@1", "dev@5", "shop.orders", "--json"]);
  expect(JSON.parse(diff.stdout)).toMatchObject({
    datasets: [{ rows: { added: 0, removed: 0, changed: 2 } }],
  });
  await project.write({ "landing/changes/4.csv": null, "landing/changes/2.csv": null });
  await project.run();
  expect([await order(9), await order(7), await order(8)]).toEqual(["sent", "sent", "new"]);
  await sound();
});

test("a late row that fails a check is held, and rows without a key are counted", async () => {
  await project.write({ "landing/changes/2.csv": changes("7,2026-01-02T10:00:00Z,lost,false") });
  expect(await project.run()).toMatchObject({
    failed: ["shop.orders"],
    held: expect.arrayContaining(["shop.states"]) as string[],
  });
  expect(await order(7)).toBe("new");
  expect(await project.query("select state from shop.orders where id = 7", "--candidate")).toEqual([
    { state: "lost" },
  ]);
  await project.write({
    "landing/changes/2.csv": changes(",2026-01-02T10:00:00Z,paid,false", ",2026-01-03T10:00:00Z,paid,false"),
  });
  const { code, stdout } = await project.sluice(["run"]);
  expect(code).toBe(1);
  expect(stdout).toContain("2 rows have no value in the key (id)");
  await project.write({ "landing/changes/2.csv": changes("7,2026-01-02T10:00:00Z,paid,false") });
  expect(await project.run()).toMatchObject({ failed: [], held: [] });
  expect(await order(7)).toBe("paid");
  await sound();
});

test("letting go of old releases leaves what is needed, and a lost file of positions is found and mended", async () => {
  for (const day of [2, 3, 4]) {
    await project.write({
      [`landing/changes/${day}.csv`]: changes(`${day},2026-01-0${day}T10:00:00Z,paid,false`),
    });
    await project.run();
  }
  expect(await project.sluice(["gc", "--keep", "1", "--yes"])).toMatchObject({ code: 0 });
  expect(await states()).toEqual([
    { state: "new", orders: 397 },
    { state: "paid", orders: 3 },
  ]);
  await sound();
  expect(await project.sluice(["doctor", "--deep"])).toMatchObject({ code: 0 });
  const files = await project.snapshot(".sluice/data/shop.orders");
  const positions = files.find((file) => file.includes("/fallen-"))?.split(" ")[0] ?? "";
  await project.write({ [`.sluice/data/shop.orders/${positions}`]: null });
  expect(await project.sluice(["doctor"])).toMatchObject({ code: 2 });
  expect(await project.sluice(["doctor", "--repair"])).toMatchObject({ code: 0 });
  expect(await project.run()).toMatchObject({ failed: [], held: [] });
  expect(await order(3)).toBe("paid");
  await sound();
});

test("a changed definition builds everything, and one that was killed goes on", async () => {
  await project.write({
    "landing/changes/2.csv": changes("7,2026-01-02T10:00:00Z,paid,false"),
    "models/shop/orders.sql": model(" where id <> 8"),
  });
  expect(await project.run()).toMatchObject({ failed: [] });
  expect([await order(7), await order(8)]).toEqual(["paid", undefined]);
  for (const [round, wait] of [0.2, 0.5, 0.8].entries()) {
    await project.write({
      [`landing/changes/k${round}.csv`]: changes(`${round},2026-02-0${round + 1}T10:00:00Z,sent,false`),
    });
    const { child, ended } = project.start(["run", "--json"]);
    await sleep(wait * 1500);
    child.kill("SIGKILL");
    await ended;
    expect(await project.run()).toMatchObject({ failed: [], held: [] });
    expect(await order(round)).toBe("sent");
    await sound();
  }
});

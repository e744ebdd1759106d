/** What gc leaves although no release needs it: what somebody holds, and what somebody reads just now. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Started } from "./command-line.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, shop } from "./shop-project.ts";

interface GcDocument {
  readonly versions: readonly { readonly id: string; readonly dataset: string }[];
  readonly kept: { readonly held: number; readonly read: number };
}

/** Takes many seconds, whatever the machine; its answer says how many orders there were. */
const long =
  "select count(distinct o.id)::integer as orders, sum(hash(r.range)) > 0 as work from raw.orders o cross join range(0, 150000000) r";

let project: ProjectOnDisk;
let started: Started[] = [];
beforeEach(async () => {
  project = await projectOnDisk(shop);
  for (const day of [1, 2, 3]) await deliver(day);
});
afterEach(async () => {
  for (const { child, ended } of started) {
    child.kill("SIGKILL");
    await ended;
  }
  started = [];
  await project[Symbol.asyncDispose]();
});

async function deliver(day: number): Promise<void> {
  await project.write({ [`landing/orders/day-${day}.csv`]: csv(`${day}0,2026-04-0${day},tea,${day}.50`) });
  expect(await project.run()).toMatchObject({ code: 0, release: day });
}

async function document<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await project.sluice([...args, "--json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const gc = (...flags: readonly string[]): Promise<GcDocument> =>
  document("gc", "--keep", "1", "--yes", ...flags);
const orders = async (at: number): Promise<unknown> =>
  (await project.query("select count(*)::integer as n from raw.orders", "--at", String(at)))[0]?.["n"];

/** Start a reader that takes long, and wait until it has said what it reads. */
async function reader(...flags: readonly string[]): Promise<Started> {
  const query = project.start(["query", "--json", ...flags, long]);
  started.push(query);
  const state = new DatabaseSync(join(project.root, ".sluice/state.db"));
  while (state.prepare("select count(*) as n from pins").get()?.["n"] === 0) {
    if (query.child.exitCode !== null) throw new Error(JSON.stringify(await query.ended));
    await sleep(50);
  }
  state.close();
  return query;
}

test("what is held stays, with who, when and why, until it is taken back", async () => {
  const why = 'case "4711"';
  const { hold } = await document<{ hold: { id: string } }>("hold", "add", "dev@1", "--why", why);
  expect(await document("hold", "ls")).toMatchObject({
    holds: [
      { id: hold.id, target: { environment: "dev", release: 1 }, why, who: expect.any(String) as string },
    ],
  });
  const listed = await project.sluice(["hold", "ls"]);
  expect(listed.stdout).toMatch(new RegExp(`${hold.id.slice(0, 8)}  dev@1 .* ${why}`));
  const text = await project.sluice(["gc", "--keep", "1"]);
  expect(text.stdout).toContain("2 versions more stay because they are held");
  expect((await gc()).kept).toEqual({ held: 2, read: 0 });
  expect(await orders(1)).toBe(4);
  expect((await project.sluice(["query", "--at", "2", "from raw.orders"])).stderr).toContain(
    "can no longer be read",
  );
  const compared = await project.sluice(["diff", "dev@2", "dev@3", "raw.orders"]);
  expect(compared).toMatchObject({ code: 2, stderr: "" });
  expect(compared.stdout).toContain("rows cannot be compared: some were let go at");
  const late = await project.sluice(["hold", "add", "dev@2", "--why", why]);
  expect(late).toMatchObject({ code: 1 });
  expect(late.stderr).toContain("was let go");
  expect(await project.sluice(["hold", "rm", hold.id.slice(0, 6), "--why", "closed"])).toMatchObject({
    code: 0,
  });
  expect((await gc()).versions).toHaveLength(2);
  expect(await project.sluice(["rollback", "--to", "1"])).toMatchObject({ code: 1 });
});

test("a dataset and a version are held by name; what means nothing is refused", async () => {
  const [release] = (await project.releases()).filter((one) => one.release === 2);
  const version = release?.changes["shop.revenue"] ?? "";
  expect(await project.sluice(["hold", "add", `shop.revenue@${version}`, "--why", "x"])).toMatchObject({
    code: 0,
  });
  expect(await project.sluice(["hold", "add", "raw.orders", "--why", "x"])).toMatchObject({ code: 0 });
  expect((await gc()).versions.map(({ dataset }) => dataset)).toEqual(["shop.revenue"]);
  for (const [args, said] of [
    [["hold", "add", "raw.ordres", "--why", "x"], 'did you mean "raw.orders"?'],
    [["hold", "add", "dev@9", "--why", "x"], "has no release"],
    [["hold", "add", "nowhere@1", "--why", "x"], "has no release"],
    [["hold", "add", "dev", "--why", "x"], "neither a release nor a dataset"],
    [["hold", "add", `raw.orders@${version}`, "--why", "x"], "has no version"],
    [["hold", "add", "raw.orders@12ab", "--why", "x"], "has no version"],
    [["hold", "add", "raw.orders"], "--why"],
    [["hold", "add", "raw.orders", "--why", " "], "needs a reason"],
    [["hold", "rm", "0000", "--why", "x"], "sluice hold ls"],
    [["hold", "rm", "", "--why", "x"], "sluice hold ls"],
    [["hold", "ad", "raw.orders"], "add"],
  ] as const) {
    const { code, stderr } = await project.sluice(args);
    expect({ args, code }).toEqual({ args, code: 64 });
    expect(stderr).toContain(said);
  }
});

test("gc in the middle of a long query of an old release leaves it what it reads", async () => {
  const { child, ended } = await reader("--at", "1");
  const first = await gc();
  expect(first.kept).toEqual({ held: 0, read: 2 });
  expect(child.exitCode).toBeNull();
  expect(await orders(1)).toBe(4);
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject([{ orders: 4 }]);
  expect((await gc()).versions).toHaveLength(2);
}, 300_000);

test("a long query of the current release keeps it when others publish; a dead reader keeps nothing", async () => {
  const { child, ended } = await reader();
  await deliver(4);
  expect((await gc()).kept).toEqual({ held: 0, read: 2 });
  expect(child.exitCode).toBeNull();
  expect(await orders(3)).toBe(6);
  child.kill("SIGKILL");
  await ended;
  expect(await gc()).toMatchObject({ versions: [{}, {}], kept: { held: 0, read: 0 } });
}, 300_000);

/** Runs are looked at, stopped and gone on with, from another process than their own. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Started } from "./command-line.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { gated, slow } from "./gated-project.ts";
import { csv, tuesday } from "./shop-project.ts";

interface Run {
  readonly id: string;
  readonly state: string;
  readonly planned: number;
  readonly finished: number;
  readonly release?: number;
  readonly reason?: string;
  readonly resumes?: string;
  readonly stages?: readonly { readonly dataset: string; readonly outcome?: string; readonly why: string }[];
}

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk(gated);
});
afterEach(() => project[Symbol.asyncDispose]());

async function document<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await project.sluice([...args, "--json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const runs = async (): Promise<readonly Run[]> => (await document<{ runs: readonly Run[] }>("runs")).runs;
const account = async (id: string): Promise<Run> => (await document<{ run: Run }>("runs", id)).run;
const timesAsked = (): number =>
  readFileSync(join(project.root, "asked.txt"), "utf8").trimEnd().split("\n").length;

/** A run that has finished everything but the slow model, and the store knows it. */
async function stuckRun(): Promise<Started> {
  const started = project.start(["run", "--json", "--why", "the first"]);
  for (;;) {
    await sleep(100);
    if (!existsSync(join(project.root, ".sluice/state.db"))) continue;
    const [run] = await runs();
    if (run?.finished === 3) return started;
    expect(started.child.exitCode, (await Promise.race([started.ended, sleep(0)]))?.stderr).toBeNull();
  }
}

test("a run is told of while it goes on and when it is over, with its reasons", async () => {
  const { ended } = await stuckRun();
  const [going] = await runs();
  expect(going).toMatchObject({ state: "running", planned: 4, finished: 3, why: "the first" });
  const text = await project.sluice(["runs", going?.id.slice(0, 6) ?? ""]);
  expect(text.stdout).toMatch(/shop\.revenue +build +built +1 /);
  expect(text.stdout).toMatch(/shop\.slow +build +new/);
  await project.write({ open: "" });
  expect((await ended).code).toBe(0);
  expect((await runs())[0]).toMatchObject({ state: "published", release: 1, finished: 4 });

  await project.write({ "landing/orders/bad.csv": csv("x,y,z,w") });
  expect(await project.run()).toMatchObject({ code: 1 });
  const failed = await account((await runs())[0]?.id ?? "");
  // The clicks moved on and were published; what failed is in the account.
  expect(failed).toMatchObject({ state: "published", release: 2 });
  expect(failed.stages?.find(({ dataset }) => dataset === "raw.orders")).toMatchObject({
    outcome: "failed",
    why: "1 new file",
    findings: [{ severity: "stop" }],
  });
  const listed = await project.sluice(["runs"]);
  expect(listed.stdout).toContain("release 2");
  expect(await project.sluice(["runs", "0000"])).toMatchObject({ code: 64 });
});

test("a run whose process died is shown as died, and resumed behind what it finished", async () => {
  const { child, ended } = await stuckRun();
  child.kill("SIGKILL");
  await ended;
  const [died] = await runs();
  expect(died).toMatchObject({ state: "died", finished: 3 });
  await project.write({ open: "" });
  const resumed = await project.sluice(["resume"]);
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.stdout).toContain(
    `Going on behind run ${died?.id.slice(0, 8)}, which finished 3 of 4 stages; there already: raw.clicks, raw.orders, shop.revenue`,
  );
  expect(resumed.stdout).toContain("Release 1 published");
  expect(timesAsked()).toBe(1);
  expect(await runs()).toMatchObject([
    { state: "published", release: 1, resumes: died?.id },
    { id: died?.id, state: "superseded" },
  ]);
  expect(await project.query("select count(*)::integer as n from raw.clicks")).toEqual([{ n: 1 }]);
  // Nothing is doubled: the next run asks the generator for what comes after.
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  expect(await project.query("select count(*)::integer as n from raw.clicks")).toEqual([{ n: 2 }]);
});

test("cancel stops a run of another process, which says by whom; resume goes on from there", async () => {
  const { ended } = await stuckRun();
  const cancelled = await project.sluice(["cancel", "--why", "wrong month"], {
    env: { SLUICE_USER: "paul" },
  });
  expect(cancelled).toMatchObject({ code: 0 });
  expect(cancelled.stdout).toMatch(/ended as interrupted, 3 of 4 stages finished; sluice resume \w+ goes on/);
  const end = await ended;
  expect(end.code).toBe(130);
  expect(end.stdout.trimEnd().split("\n").at(-1)).toMatch(/was cancelled by \\"paul\\": wrong month/);
  const [run] = await runs();
  expect(run).toMatchObject({ state: "interrupted" });
  expect(run?.reason).toContain("wrong month");
  expect(await project.sluice(["cancel"])).toMatchObject({ code: 64 });
  expect((await project.sluice(["cancel", run?.id ?? ""])).stderr).toContain("has ended already");
  await project.write({ open: "" });
  expect(await project.sluice(["resume"])).toMatchObject({ code: 0 });
  expect(timesAsked()).toBe(1);
  expect((await project.sluice(["resume"])).stderr).toContain("nothing left to go on with");
});

test("cancelling a run that died marks it, and nothing comes back from it", async () => {
  const { child, ended } = await stuckRun();
  child.kill("SIGKILL");
  await ended;
  const { stdout } = await project.sluice(["cancel", "--why", "gone"], { env: { SLUICE_USER: "paul" } });
  expect(stdout).toContain("ended as interrupted");
  expect((await runs())[0]).toMatchObject({
    state: "interrupted",
    reason: 'its process died; cancelled by "paul": gone',
  });
});

test("a project that changed since is resumed only as it was, and only by name", async () => {
  const { child, ended } = await stuckRun();
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  const [run] = await runs();
  await project.write({ open: "", "models/shop/later.sql": "select count(*) as orders from raw.orders" });
  const refused = await project.sluice(["resume"]);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("the project has changed since");
  expect(await project.sluice(["resume", run?.id.slice(0, 8) ?? ""])).toMatchObject({ code: 0 });
  const published = (await project.releases())[0];
  expect(Object.keys(published?.changes ?? {})).not.toContain("shop.later");
  // The files have something that was not run: nobody may be told that there is nothing to do.
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
});

test("a run is not resumed with other code than it had, nor over a newer release", async () => {
  const { child, ended } = await stuckRun();
  child.kill("SIGINT");
  await ended;
  const id = (await runs())[0]?.id ?? "";
  await project.write({ open: "", "models/shop/slow.ts": slow.replace("let count = 0", "let count = 1") });
  expect((await project.sluice(["resume", id])).stderr).toContain("the code of shop.slow is not what");
  await project.write({ "models/shop/slow.ts": slow, "landing/orders/tuesday.csv": tuesday });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  expect((await project.sluice(["resume", id])).stderr).toContain("has moved on to release 1");
});

/** Letting go of old data: what a kept release needs stays, whatever happens meanwhile. */
import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspect } from "../faults/inspect-state.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop } from "./shop-project.ts";

interface GcDocument {
  readonly removed: boolean;
  readonly versions: readonly { readonly dataset: string }[];
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
}

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk(shop);
  for (const day of [1, 2, 3, 4]) {
    await project.write({ [`landing/orders/day-${day}.csv`]: csv(`${day}0,2026-04-0${day},tea,${day}.50`) });
    expect(await project.run("--why", `day ${day}`)).toMatchObject({ release: day });
  }
});
afterEach(() => project[Symbol.asyncDispose]());

const orders = async (...flags: readonly string[]): Promise<unknown> =>
  (await project.query("select count(*)::integer as orders from raw.orders", ...flags))[0]?.["orders"];

async function gc(...flags: readonly string[]): Promise<GcDocument & { readonly code: number | undefined }> {
  const { code, stdout, stderr } = await project.sluice(["gc", "--json", ...flags]);
  if (stdout === "") throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as GcDocument) };
}

const sound = async (): Promise<void> => {
  const places = { state: join(project.root, ".sluice/state.db"), data: join(project.root, ".sluice/data") };
  expect((await inspect(places)).problems).toEqual([]);
};

test("it says first what it would remove, then removes it, then finds nothing", async () => {
  const before = await project.snapshot(".sluice/data");
  const told = await gc("--keep", "2");
  expect(told).toMatchObject({ code: 2, removed: false });
  expect(new Set(told.versions.map(({ dataset }) => dataset))).toEqual(
    new Set(["raw.orders", "shop.revenue"]),
  );
  expect(await project.snapshot(".sluice/data")).toEqual(before);
  expect(await gc("--keep", "2", "--yes")).toMatchObject({ code: 0, removed: true, files: told.files });
  expect(await project.snapshot(".sluice/data")).toHaveLength(before.length - told.files.length);
  expect(await gc("--keep", "2")).toMatchObject({ code: 0, files: [] });
  await sound();
});

test("kept releases can be read and gone back to, others say why not", async () => {
  await gc("--keep", "2", "--yes");
  expect([await orders(), await orders("--at", "3")]).toEqual([7, 6]);
  const old = await project.sluice(["query", "--at", "1", "from raw.orders"]);
  expect(old).toMatchObject({ code: 1, stdout: "" });
  expect(old.stderr).toContain("can no longer be read");
  const back = await project.sluice(["rollback", "--to", "1"]);
  expect(back.code).toBe(1);
  expect(back.stderr).toContain("was let go");
  expect(await project.sluice(["rollback", "--to", "3"])).toMatchObject({ code: 0 });
  expect(await orders()).toBe(6);
  expect(await project.run()).toMatchObject({ failed: [], held: [] });
  expect(await orders()).toBe(7);
  await sound();
});

test("what another environment points to stays", async () => {
  expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
  for (const day of [5, 6]) {
    await project.write({ [`landing/orders/day-${day}.csv`]: csv(`${day}0,2026-04-0${day},tea,1.50`) });
    await project.run();
  }
  await gc("--keep", "1", "--yes");
  expect([await orders(), await orders("--env", "prod")]).toEqual([9, 7]);
});

test("the command that it proposes removes what it told of", async () => {
  const { stdout } = await project.sluice(["gc", "--keep", "1"]);
  const [, proposed = ""] = /Remove them: sluice (.*)/.exec(stdout) ?? [];
  expect(await project.sluice(proposed.split(" "))).toMatchObject({ code: 0 });
  expect(await gc("--keep", "1")).toMatchObject({ code: 0, files: [] });
});

test("a state that knows of nothing lets nothing go: the data is another's", async () => {
  const before = await project.snapshot(".sluice/data");
  await project.write({ "sluice.config.ts": config(`, state: "elsewhere.db"`) });
  const { code, stderr } = await project.sluice(["gc", "--yes"]);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("state import") as string,
  });
  expect(await project.snapshot(".sluice/data")).toEqual(before);
});

test("a file that nobody recorded is removed", async () => {
  const [file] = (await project.snapshot(".sluice/data")).filter((line) => line.includes("raw.orders"));
  const known = join(project.root, ".sluice/data", file?.split(" ")[0] ?? "");
  const stray = join(dirname(known), "stray.parquet");
  await copyFile(known, stray);
  expect(await gc("--yes")).toMatchObject({
    code: 0,
    versions: [],
    files: [{ bytes: expect.any(Number) as number }],
  });
  expect([existsSync(stray), existsSync(known)]).toEqual([false, true]);
});

test("killed at any moment, it leaves everything readable, and the next one finishes", async () => {
  for (const delay of [60, 120, 160, 200, 240]) {
    const started = project.start(["gc", "--keep", "1", "--yes"]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    started.child.kill("SIGKILL");
    await started.ended;
    expect(await orders()).toBe(7);
    await sound();
  }
  await gc("--keep", "1", "--yes");
  expect(await gc("--keep", "1")).toMatchObject({ code: 0, files: [] });
  expect(await orders()).toBe(7);
});

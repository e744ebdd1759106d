/** Disks that say no. What was published stays readable, and the way out is told. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, shop, tuesday } from "./shop-project.ts";
import { canMount, type SmallDisk, smallDisk } from "./small-disk.ts";

const plenty = 64_000;

describe.skipIf(!canMount)("on a disk of its own", () => {
  let disk: SmallDisk;
  let project: ProjectOnDisk;
  beforeEach(async () => {
    disk = smallDisk(plenty);
    project = await projectOnDisk(shop, disk.root);
  });
  afterEach(() => disk[Symbol.asyncDispose]());

  const count = async (): Promise<unknown> =>
    (await project.query("select count(*)::integer as n from raw.orders"))[0]?.["n"];
  /** Names of directories differ from run to run. */
  const golden = (text: string): string =>
    text.replaceAll(project.root, "<project>").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>");

  test("read-only from the start: the run says so", async () => {
    disk.makeReadOnly(true);
    const { code, stdout, stderr } = await project.sluice(["run"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(golden(stderr)).toMatchInlineSnapshot(`
      "error: the state "<project>/.sluice/state.db" cannot be written: the disk or the directory is read-only
      hint: make it writable for this user, or point state in sluice.config.ts to a place that is
      "
    `);
    disk.makeReadOnly(false);
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  });

  test("read-only later: readers still get what is published, a run says what is wrong", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    disk.makeReadOnly(true);
    expect(await count()).toBe(3);
    const { code, stderr } = await project.sluice(["run"]);
    expect(code).toBe(1);
    expect(golden(stderr)).toMatchInlineSnapshot(`
      "error: the state "<project>/.sluice/state.db" cannot be written: the disk or the directory is read-only
      hint: make it writable for this user, or point state in sluice.config.ts to a place that is
      "
    `);
    disk.makeReadOnly(false);
    expect(await project.run()).toMatchObject({ code: 0, release: 2 });
    expect(await count()).toBe(5);
  });

  test("full: the run ends, readers still get what is published, and with room the next run goes on", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    // Text that does not get smaller by compressing.
    const noise = Array.from(
      { length: 60_000 },
      (_, id) => `${id + 100},2026-03-03,${Math.random().toString(36)}${Math.random().toString(36)},1.00`,
    );
    await project.write({ "landing/orders/large.csv": csv(...noise) });
    const { stdout } = await import("node:child_process").then(({ execFileSync }) => ({
      stdout: execFileSync("df", ["--output=used", "-k", disk.root], { encoding: "utf8" }),
    }));
    const used = Number(stdout.trim().split("\n").at(-1));
    disk.resize(used + 600);
    const { code, stderr } = await project.sluice(["run"]);
    expect(code).toBe(1);
    expect(golden(stderr)).toMatchInlineSnapshot(`
      "error: reading failed: there is no space left on the disk
      hint: free some space and run again; nothing was published
      "
    `);
    expect(await count()).toBe(3);
    disk.resize(plenty);
    const next = await project.run();
    expect(next).toMatchObject({ code: 0, release: 2, failed: [] });
    expect(next.rows["raw.orders"]).toEqual({
      received: 60_003,
      accepted: 60_003,
      quarantined: 0,
      rejected: 0,
    });
  });
});

describe("a stored file", () => {
  test("that is damaged or gone is named, and an earlier release leads out", async () => {
    await using project = await projectOnDisk(shop);
    const days = (): ReturnType<ProjectOnDisk["sluice"]> =>
      project.sluice(["query", "--json", "select count(*)::integer as days from shop.revenue"]);
    await project.run();
    const before = await project.snapshot(".sluice/data/shop.revenue");
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    await project.run();
    const [stored = ""] = (await project.snapshot(".sluice/data/shop.revenue")).filter(
      (file) => !before.includes(file),
    );
    const path = `.sluice/data/shop.revenue/${stored.split(" ")[0]}`;
    for (const content of ["not Parquet at all", null]) {
      await project.write({ [path]: content });
      const { code, stdout } = await days();
      expect(code).toBe(1);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string; hint: string } };
      expect(error).toMatchObject({
        code: "storage-damaged",
        hint: expect.stringContaining("sluice rollback") as unknown,
      });
      expect(error.message).toContain("a stored file of shop.revenue cannot be read");
    }
    expect(await project.sluice(["rollback"])).toMatchObject({ code: 0 });
    expect(JSON.parse((await days()).stdout)).toEqual([{ days: 1 }]);
  });
});

describe("in a directory that this user may only read", () => {
  let project: ProjectOnDisk;
  beforeEach(async () => {
    project = await projectOnDisk(shop);
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    execFileSync("chmod", ["-R", "a-w,a+rX", project.root]);
  });
  afterEach(async () => {
    execFileSync("chmod", ["-R", "u+w", project.root]);
    await project[Symbol.asyncDispose]();
  });

  /** Permissions mean nothing to root. */
  const launcher =
    process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const read = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await project.sluice(args, { launcher });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const count = "select count(*)::integer as n from raw.orders";

  test("everything can be read, and a run says so", async () => {
    expect(await read("query", "--json", count)).toEqual([{ n: 3 }]);
    expect(await read("query", "--json", "--at", "1", count)).toEqual([{ n: 3 }]);
    expect(await read("runs", "--json")).toMatchObject({ runs: [{ state: "published" }] });
    expect(await read("releases", "--json")).toMatchObject({ releases: [{ release: 1 }] });
    const { code, stderr } = await project.sluice(["run"], { launcher });
    expect(code).toBe(1);
    expect(stderr).toContain("cannot be written: the disk or the directory is read-only");
  });

  test.runIf(process.getuid?.() === 0)("also while somebody who may write does", async () => {
    const store = await openSqliteStore(join(project.root, ".sluice/state.db"));
    const me = { host: "here", pid: 1, started: "1", who: "maria" };
    await store.yield(await store.acquire("dev", me, () => false));
    expect(await read("query", "--json", count)).toEqual([{ n: 3 }]);
    await store.close();
    expect(await read("query", "--json", count)).toEqual([{ n: 3 }]);
  });
});

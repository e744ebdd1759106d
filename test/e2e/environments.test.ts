/** Environments are pointers: promoting, going back and looking back build nothing. */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, shop, tuesday } from "./shop-project.ts";

let project: ProjectOnDisk;
/** A moment between release 1 and release 2. */
let between: string;

const orders = async (...flags: readonly string[]): Promise<unknown> => {
  const [row] = await project.query(
    "select count(*)::integer as orders, (select sum(orders)::integer from shop.revenue) as counted from raw.orders",
    ...flags,
  );
  expect(row?.["orders"]).toBe(row?.["counted"]);
  return row?.["orders"];
};

beforeAll(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run("--why", "first")).toMatchObject({ release: 1 });
  await setTimeout(20);
  between = new Date().toISOString();
  await setTimeout(20);
  await project.write({ "landing/orders/tuesday.csv": tuesday });
  expect(await project.run("--why", "second")).toMatchObject({ release: 2 });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("looking back", () => {
  test("at a release", async () => {
    expect(await orders("--at", "1")).toBe(3);
    expect(await orders("--at", "2")).toBe(5);
    expect(await orders()).toBe(5);
  });

  test("at a time", async () => {
    expect(await orders("--at", between)).toBe(3);
    expect(await orders("--at", new Date(Date.now() + 60_000).toISOString())).toBe(5);
  });

  test("to where nothing was is an error with a way out", async () => {
    for (const at of ["99", "2001-01-01"]) {
      const { code, stderr } = await project.sluice(["query", "--at", at, "from raw.orders"]);
      expect(code).toBe(64);
      expect(stderr).toContain("sluice releases --env dev");
    }
    expect(await project.sluice(["query", "--at", "yesterday", "from raw.orders"])).toMatchObject({
      code: 64,
    });
  });
});

describe("promoting", () => {
  test("moves pointers and builds nothing", async () => {
    const before = await project.snapshot(".sluice/data");
    const { code, stdout } = await project.sluice(["promote", "dev", "prod", "--json", "--why", "go live"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      release: 1,
      environment: "prod",
      kind: "promote",
      from: "dev@2",
      why: "go live",
    });
    expect(await project.snapshot(".sluice/data")).toEqual(before);
    expect(await orders("--env", "prod")).toBe(5);
  });

  test("again has nothing to do", async () => {
    const again = await project.sluice(["promote", "dev", "prod"]);
    expect(again).toMatchObject({ code: 0, stdout: "Nothing to do: prod publishes what dev does.\n" });
    expect(await project.releases("--env", "prod")).toHaveLength(1);
  });

  test("a run in the promoted environment has nothing to do either", async () => {
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: null, built: [] });
  });

  test("takes no data back in time", async () => {
    await project.write({ "landing/orders/wednesday.csv": csv("6,2026-03-04,cortado,3.00") });
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 2 });
    const { code, stdout } = await project.sluice(["promote", "dev", "prod"]);
    expect(code).toBe(0);
    expect(stdout).toContain("prod keeps its newer data of raw.orders.");
    expect(await project.releases("--env", "prod")).toHaveLength(2);
    expect(await orders("--env", "prod")).toBe(6);
  });

  test("from an environment that is not there says which are", async () => {
    const { code, stderr } = await project.sluice(["promote", "stage", "prod"]);
    expect(code).toBe(64);
    expect(stderr).toContain('environment "stage" has no release; there is dev, prod');
  });
});

describe("another environment", () => {
  test("reuses every version there is: nothing is built", async () => {
    const before = await project.snapshot(".sluice/data");
    const branch = await project.run("--env", "feature");
    expect(branch).toMatchObject({ code: 0, built: [], failed: [] });
    expect(await orders("--env", "feature")).toBe(6);
    expect(await project.snapshot(".sluice/data")).toEqual(before);
  });

  test("can be named by SLUICE_ENV", async () => {
    const asked = await project.sluice(["query", "--json", "select count(*)::integer as n from raw.orders"], {
      env: { SLUICE_ENV: "prod" },
    });
    expect(JSON.parse(asked.stdout)).toEqual([{ n: 6 }]);
  });

  test("does not see what happens in the first", async () => {
    expect(await project.run()).toMatchObject({ code: 0, release: 3, built: [] });
    await project.write({ "landing/orders/wednesday.csv": null });
    expect(await project.run()).toMatchObject({ code: 0, release: 4, built: [] });
    expect(await orders()).toBe(5);
    expect(await orders("--env", "feature")).toBe(6);
    expect(await orders("--env", "prod")).toBe(6);
  });
});

describe("going back", () => {
  test("to any release, at once", async () => {
    const back = await project.sluice(["rollback", "--to", "1", "--json", "--why", "the first was best"]);
    expect(back.code).toBe(0);
    expect(JSON.parse(back.stdout)).toMatchObject({
      release: 5,
      kind: "rollback",
      from: "dev@1",
      why: "the first was best",
    });
    expect(await orders()).toBe(3);
    expect(await orders("--at", "4")).toBe(5);
  });

  test("to where nothing was is an error", async () => {
    const { code, stderr } = await project.sluice(["rollback", "--to", "42"]);
    expect(code).toBe(64);
    expect(stderr).toContain("dev has no earlier release 42");
  });

  test("the history has it all, newest first, one line each", async () => {
    const { stdout } = await project.sluice(["releases"]);
    const [, ...lines] = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.trim().split(/\s+/)[0])).toEqual(["5", "4", "3", "2", "1"]);
    expect(lines[0]).toContain("rollback");
    expect(lines[0]).toContain("the first was best");
    expect(lines[4]).toContain("first");
    const [newest] = await project.releases("--limit", "1");
    expect(newest).toMatchObject({ release: 5, changes: { "raw.orders": expect.any(String) as unknown } });
  });
});

test("a new environment has a name that can be written anywhere", async () => {
  for (const name of ["", " ", "a@b", "--x", "it's", "two words"]) {
    for (const args of [
      ["run", `--env=${name}`],
      ["promote", "dev", "--", name],
    ]) {
      const { code, stderr } = await project.sluice(args);
      expect({ args, code }).toEqual({ args, code: 64 });
      expect(stderr).toContain("cannot be the name of an environment");
    }
  }
  expect((await project.sluice(["promote", "dev", "feature/überblick-1.2"])).code).toBe(0);
});

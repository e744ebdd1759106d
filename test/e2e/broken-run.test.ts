/** A run that breaks off as a whole is an incident until one goes through; one that moves nothing tells what it found all the same. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, revenue, shop } from "./shop-project.ts";
import { canMount, type SmallDisk, smallDisk } from "./small-disk.ts";

interface Incident {
  readonly id: number;
  readonly dataset: string;
  readonly state: string;
  readonly severity: string;
  readonly owner?: string;
  readonly occurrences: number;
  readonly resolved?: { readonly by: string; readonly why: string };
}

const incidents = async (project: ProjectOnDisk): Promise<readonly Incident[]> =>
  (
    JSON.parse((await project.sluice(["incidents", "ls", "--all", "--json"])).stdout) as {
      readonly incidents: readonly Incident[];
    }
  ).incidents;

describe.skipIf(!canMount)("where the disk of the data is full", () => {
  let disk: SmallDisk;
  let project: ProjectOnDisk;
  beforeEach(async () => {
    disk = smallDisk(64_000);
    project = await projectOnDisk({ ...shop, "sluice.config.ts": config(`, storage: "${disk.root}/data"`) });
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  });
  afterEach(async () => {
    await project[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  /** Text that does not get smaller by compressing, on a disk that does not take it. */
  async function overflow(): Promise<void> {
    const noise = Array.from(
      { length: 60_000 },
      (_, id) => `${id + 100},2026-03-03,${Math.random().toString(36)}${Math.random().toString(36)},1.00`,
    );
    await project.write({ "landing/orders/large.csv": csv(...noise) });
    disk.resize(600);
  }

  test("one incident stands, however often it is tried, and is over when a run goes through", async () => {
    await overflow();
    const broken = await project.sluice(["run"]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain("there is no space left on the disk");
    expect(broken.stdout).toContain("incident 1: raw.orders stopped: the run broke off:");
    expect(broken.stdout).toContain("readers keep the version of release 1; owner till-team");
    expect((await project.sluice(["run"])).stdout).toContain("incident 1 again: raw.orders stopped");
    expect(await incidents(project)).toMatchObject([
      { id: 1, dataset: "raw.orders", state: "open", severity: "stop", owner: "till-team", occurrences: 2 },
    ]);
    disk.resize(64_000);
    expect(await project.run()).toMatchObject({ code: 0, release: 2 });
    expect(await incidents(project)).toMatchObject([
      { id: 1, state: "resolved", occurrences: 2, resolved: { by: "flow" } },
    ]);
  });

  test("it is over as well where what broke it went away, and there is nothing to do", async () => {
    await overflow();
    expect((await project.sluice(["run"])).code).toBe(1);
    await project.write({ "landing/orders/large.csv": null });
    const { code, stdout } = await project.sluice(["run"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing to do: dev is at release 1.");
    expect(stdout).toContain("incident 1 resolved");
    expect(await incidents(project)).toMatchObject([{ id: 1, state: "resolved" }]);
  });
});

test("somebody who stops a run opens none", async () => {
  await using project = await projectOnDisk({
    ...shop,
    "models/shop/slow.ts": `import { model, t } from "sluice";
export default model({
  inputs: {},
  columns: { n: t.integer().key() },
  async *rows() {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    yield { n: 1 };
  },
});
`,
  });
  const { child, ended } = project.start(["run"]);
  child.stdout?.on("data", (text: string) => void (text.includes("Run in dev") && child.kill("SIGINT")));
  expect((await ended).code).toBe(130);
  expect(await incidents(project)).toEqual([]);
});

test("checks that are asked again tell what they found, though nothing moves", async () => {
  await using project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  const more = revenue.replace(
    "checks:\n",
    "checks:\n  - row_count: { min: 99, severity: warn, name: many }\n",
  );
  await project.write({ "models/shop/revenue.sql": more });
  const { code, stdout } = await project.sluice(["run", "--select", "shop.revenue"]);
  expect(code).toBe(0);
  expect(stdout).not.toContain("Nothing to do");
  expect(stdout).toContain("Nothing published: dev stays at release 1");
  expect(stdout).toContain("warn  shop.revenue  many: 1 row, expected at least 99");
});

/** What another environment has built is reused, and the plan says whose it is and what history tells. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { revenue, shop } from "./shop-project.ts";

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  expect((await project.sluice(["promote", "dev", "prod"])).code).toBe(0);
});
afterAll(() => project[Symbol.asyncDispose]());

test("a model that was built in dev is reused in prod, by name", async () => {
  await project.write({
    "models/shop/revenue.sql": revenue.replace(
      "count(*) as orders",
      "count(*) as orders, max(amount) as largest",
    ),
  });
  const here = await project.plan();
  expect(here.changes).toMatchObject([
    {
      dataset: "shop.revenue",
      action: "build",
      estimate: { rows: 1, builds: 1 },
      change: { severity: "compatible" },
    },
  ]);
  expect(await project.run()).toMatchObject({ code: 0, release: 2, built: ["shop.revenue"] });
  const { changes } = await project.plan("--env", "prod");
  expect(changes).toMatchObject([
    { dataset: "shop.revenue", action: "reuse", environments: ["dev"], why: "definition changed" },
  ]);
  const { code, stdout } = await project.sluice(["plan", "--env", "prod"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/reuse\s+shop\.revenue\s+definition changed, compatible; as it is in dev$/m);
});

test("dropping a column that a consumer may read is breaking, and the consumer is named", async () => {
  await project.write({
    "models/shop/revenue.sql": revenue
      .replace("count(*) as orders\n", "")
      .replace("as revenue,", "as revenue"),
  });
  const { changes } = await project.plan();
  expect(changes).toMatchObject([
    {
      dataset: "shop.revenue",
      change: {
        severity: "breaking",
        columns: { removed: ["orders", "largest"], rows: false },
        broken: [
          { column: "orders", models: [], consumers: ["board"] },
          { column: "largest", models: [], consumers: ["board"] },
        ],
      },
    },
  ]);
});

test("a dataset that leaves the project while a consumer stays without it is dropped, and nobody is hit", async () => {
  await project.write({ "models/shop/revenue.sql": null, "consumers/board.ts": null });
  const { changes } = await project.plan();
  expect(changes).toMatchObject([
    { dataset: "shop.revenue", action: "drop", change: { severity: "compatible", broken: [] } },
  ]);
});

test("a format that does not exist is told so", async () => {
  const { code, stderr } = await project.sluice(["plan", "--format", "html"]);
  expect(code).toBe(64);
  expect(stderr).toContain("markdown");
});

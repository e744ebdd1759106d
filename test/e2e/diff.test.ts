/** What changed between two environments, releases or versions, as the command line tells it. */
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, monday, orders, revenue, shop } from "./shop-project.ts";

interface DatasetDiff {
  readonly dataset: string;
  readonly change: string;
  readonly a: { readonly id: string } | null;
  readonly b: { readonly id: string } | null;
  readonly schema: readonly unknown[];
  readonly rows: Readonly<Record<string, unknown>> | null;
  readonly columns: readonly Readonly<Record<string, unknown>>[];
}

interface DiffResult {
  readonly equal: boolean;
  readonly same: readonly string[];
  readonly datasets: readonly DatasetDiff[];
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    // The buyer's name is personal, and so is whatever it flows into.
    "sources/raw/orders.ts": orders.replace("amount:", 'buyer: t.text().tag("pii.name"),\n    amount:'),
    "landing/orders/monday.csv": csv(
      "1,2026-03-02,espresso,Ada,2.50",
      "2,2026-03-02,cortado,Grace,3.00",
      "3,2026-03-02,espresso,Ada,2.50",
    ).replace("product,", "product,buyer,"),
    "models/shop/buyers.sql": "select buyer as who, product from raw.orders",
    "models/shop/products.sql": "select distinct product from raw.orders",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  expect((await project.sluice(["promote", "dev", "prod"])).code).toBe(0);
});
afterAll(() => project[Symbol.asyncDispose]());

/** The document of `diff --json`, with the exit code it must end with. */
async function diff(code: number, ...args: readonly string[]): Promise<DiffResult> {
  const ended = await project.sluice(["diff", ...args, "--json"]);
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
  return JSON.parse(ended.stdout) as DiffResult;
}

test("what is published from one environment to the other is the same, and nothing of it is read", async () => {
  const found = await diff(0, "prod", "dev");
  expect(found).toMatchObject({ equal: true, datasets: [] });
  expect(found.same).toEqual(["raw.orders", "shop.buyers", "shop.products", "shop.revenue"]);
  const { stdout } = await project.sluice(["diff", "prod", "dev@1"]);
  expect(stdout).toBe("prod@1 → dev@1: no difference in 4 datasets\n");
});

describe("after a delivery and a change of a model", () => {
  beforeAll(async () => {
    await project.write({
      "landing/orders/monday.csv": csv(
        "1,2026-03-02,espresso,Eve,2.50",
        "2,2026-03-02,cortado,Grace,3.20",
        "4,2026-03-03,espresso,Zoe,4.00",
      ).replace("product,", "product,buyer,"),
      "models/shop/revenue.sql": revenue.replace("count(*) as orders", "count(*) as sales"),
      "models/shop/new.sql": "select 1 as one",
    });
    expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  });

  test("rows are compared by the declared key, with old and new values", async () => {
    const { datasets, same } = await diff(2, "prod", "dev");
    expect(datasets.map(({ dataset, change }) => `${dataset} ${change}`)).toEqual([
      "raw.orders changed",
      "shop.buyers changed",
      "shop.new added",
      "shop.revenue changed",
    ]);
    expect(same).toEqual(["shop.products"]);
    expect(datasets[0]?.rows).toMatchObject({
      compared: "by key",
      added: 1,
      removed: 1,
      changed: 2,
      matched: 2,
      sample: {
        added: [{ row: { id: 4, day: "2026-03-03", product: "espresso", amount: "4.00" } }],
        removed: [{ row: { id: 3 } }],
        changed: [
          { key: { id: 1 }, values: { buyer: {} } },
          { key: { id: 2 }, values: { amount: { a: "3.00", b: "3.20" } } },
        ],
      },
    });
    const amount = datasets[0]?.columns.find(({ column }) => column === "amount");
    expect(amount).toMatchObject({ changed: 1, share: 0.5, max: { a: "3.00", b: "4.00" } });
  });

  test("a column that was only renamed is called so", async () => {
    const { datasets } = await diff(2, "prod", "dev", "revenue");
    // The one day that both have counts three orders before and two now: that is no rename.
    expect(datasets[0]?.schema).toEqual([
      { change: "added", column: "sales", type: "BIGINT" },
      { change: "removed", column: "orders", type: "BIGINT" },
    ]);
    await project.write({ "models/shop/revenue.sql": revenue.replace("as orders", "as purchases") });
    expect(await project.run()).toMatchObject({ code: 0, release: 3 });
    expect((await diff(2, "dev@2", "dev@3")).datasets).toMatchObject([
      {
        dataset: "shop.revenue",
        schema: [{ change: "renamed", column: "purchases", from: "sales" }],
        rows: { added: 0, removed: 0, changed: 0 },
      },
    ]);
  });

  test("a dataset that was renamed is compared with what it was called before", async () => {
    await project.write({
      "models/shop/products.sql": null,
      "models/shop/goods.sql":
        "/*---\nrenamedFrom: shop.products\n---*/\nselect distinct upper(product) as product from raw.orders",
    });
    expect(await project.run()).toMatchObject({ code: 0 });
    for (const sides of [
      ["prod", "dev"],
      ["dev", "prod"],
    ]) {
      const { datasets } = await diff(2, ...sides, "shop.goods");
      expect(datasets).toMatchObject([
        { dataset: "shop.goods", before: "shop.products", change: "changed", rows: { added: 2, removed: 2 } },
      ]);
    }
  });

  test("nothing personal is shown, not even where it flowed to", async () => {
    for (const format of [[], ["--json"]]) {
      const { stdout } = await project.sluice(["diff", "prod", "dev", "--sample", "50", ...format]);
      for (const name of ["Ada", "Eve", "Grace", "Zoe"]) expect(stdout).not.toContain(name);
      expect(stdout).toContain("espresso");
    }
  });

  test("without a key rows are compared as wholes; a key can be given", async () => {
    const { datasets } = await diff(2, "prod", "dev", "shop.buyers");
    expect(datasets[0]).toMatchObject({ rows: { compared: "as wholes", added: 2, removed: 2, changed: 0 } });
    const byKey = await diff(2, "prod", "dev", "shop.buyers", "--key", "product");
    // Espresso was sold twice, on both sides.
    expect(byKey.datasets[0]?.rows).toMatchObject({
      compared: "by key",
      matched: 1,
      changed: 0,
      repeatedKeys: { keys: 1, a: 2, b: 2, different: 1 },
    });
  });

  test("two versions of one dataset are compared by their ids", async () => {
    const [orders] = (await diff(2, "prod", "dev", "raw.orders")).datasets;
    const [a = "", b = ""] = [orders?.a?.id, orders?.b?.id];
    expect((await diff(2, a, b)).datasets).toMatchObject([{ dataset: "raw.orders", rows: { changed: 2 } }]);
    expect(await diff(0, b, "dev")).toMatchObject({ same: ["raw.orders"] });
  });

  test("mistakes are told with the way out", async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["prod", "dve"], 'did you mean "dev"?'],
      [["prod", "dev@99"], "dev has no release at 99"],
      [["1", "2"], "write dev@1"],
      [["prod", "dev", "raw.ordrs"], 'did you mean "raw.orders"?'],
      [["prod", "dev", "--key", "id"], "a key belongs to one dataset"],
      [["prod", "dev", "shop.buyers", "--key", "prodct"], 'did you mean "product"?'],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await project.sluice(["diff", ...args]);
      expect(stderr).toContain(words);
      expect(code).toBe(64);
    }
  });

  test("a stored file that is gone is named, and --no-rows does without it", async () => {
    const [file] = (await project.snapshot(".sluice/data")).filter((line) => line.startsWith("raw.orders/"));
    await unlink(join(project.root, ".sluice/data", file?.split(" ")[0] ?? ""));
    const { code, stderr } = await project.sluice(["diff", "prod", "dev", "raw.orders"]);
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain("a stored file of raw.orders cannot be read");
    const { datasets } = await diff(2, "prod", "dev", "raw.orders", "--no-rows");
    expect(datasets).toMatchObject([{ dataset: "raw.orders", rows: null }]);
  });
});

test("a retyped column is compared by what it says, and a side may lack a dataset", async () => {
  await using other = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders.replace("t.integer().key()", "t.text().key()"),
    "landing/orders/monday.csv": monday,
  });
  expect(await other.run()).toMatchObject({ code: 0, release: 1 });
  await other.write({ "sources/raw/orders.ts": orders, "models/shop/revenue.sql": revenue });
  expect(await other.run()).toMatchObject({ code: 0, release: 2 });
  const { code, stdout } = await other.sluice(["diff", "dev@1", "dev@2"]);
  expect(code).toBe(2);
  expect(stdout).toContain("~ id VARCHAR → BIGINT");
  expect(stdout).toContain("rows: 0 added, 0 removed, 0 changed of 3 in both (by id)");
  expect(stdout).toContain("shop.revenue  only in dev@2: 1 row");
});

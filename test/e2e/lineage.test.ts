/** Where columns come from and who uses them, as the command line tells it of a real project. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

interface LineageResult {
  readonly columns: readonly {
    readonly column: string;
    readonly direct: readonly string[];
    readonly indirect: readonly string[];
    readonly kind: string;
    readonly proven: boolean;
  }[];
  readonly upstream: readonly { readonly name: string }[] | null;
  readonly downstream: readonly { readonly name: string; readonly proven: boolean }[] | null;
  readonly consumers: readonly { readonly consumer: string; readonly reads: string }[] | null;
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "models/shop/best.sql": "select max(revenue) as revenue from shop.revenue where orders > 1",
    "models/shop/guess.ts": `import { dataset, model, t } from "sluice";
export default model({
  inputs: { revenue: dataset("shop.revenue") },
  columns: { day: t.date() },
  rows: async function* ({ revenue }) {
    for await (const row of revenue) yield { day: String(row["day"]) };
  },
});
`,
    "consumers/calendar.ts": `import { consumer } from "sluice";
export default consumer({ type: "application", reads: ["shop.best"] });
`,
  });
});
afterAll(() => project[Symbol.asyncDispose]());

async function lineage(...args: readonly string[]): Promise<LineageResult> {
  const { code, stdout, stderr } = await project.sluice(["lineage", ...args, "--json"]);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as LineageResult;
}

test("columns come from columns, without a run and without data", async () => {
  const { columns, upstream, downstream, consumers } = await lineage("shop.revenue");
  expect(columns).toMatchObject([
    {
      column: "day",
      direct: ["raw.orders.day"],
      indirect: ["raw.orders.day"],
      kind: "identity",
      proven: true,
    },
    {
      column: "revenue",
      direct: ["raw.orders.amount"],
      indirect: ["raw.orders.day"],
      kind: "aggregate",
      proven: true,
    },
    { column: "orders", direct: [], indirect: ["raw.orders.day"], proven: true },
  ]);
  expect(upstream?.map(({ name }) => name)).toEqual(["raw.orders"]);
  expect(downstream?.map(({ name }) => name).toSorted()).toEqual(["shop.best", "shop.guess"]);
  expect(consumers?.map(({ consumer }) => consumer).toSorted()).toEqual(["board", "calendar"]);
});

test("of one column: what it decides about and what is only assumed are told apart", async () => {
  const { downstream, upstream, consumers } = await lineage("revenue.orders", "--down");
  expect(upstream).toBeNull();
  expect(downstream).toMatchObject([
    { name: "shop.best.revenue", proven: true },
    { name: "shop.guess.day", proven: false },
  ]);
  expect(consumers).toMatchObject([
    { consumer: "board", reads: "shop.revenue.orders" },
    { consumer: "calendar", reads: "shop.best.revenue" },
  ]);
  const { columns } = await lineage("shop.guess");
  expect(columns).toMatchObject([
    {
      column: "day",
      direct: ["shop.revenue.day", "shop.revenue.orders", "shop.revenue.revenue"],
      kind: "unknown",
      proven: false,
    },
  ]);
});

test("for a person it is a tree", async () => {
  const { stdout } = await project.sluice(["lineage", "raw.orders.amount", "--down"]);
  expect(stdout).toBe(`raw.orders.amount  DECIMAL(10,2), source

down: what depends on it
└─ shop.revenue.revenue  aggregate
   ├─ shop.best.revenue  aggregate
   │  └─ → calendar      application
   ├─ shop.guess.day     assumed, not proven
   └─ → board            dashboard
`);
});

test("a dataset is shown with where each of its columns comes from", async () => {
  const { stdout } = await project.sluice(["show", "shop.revenue"]);
  expect(stdout).toMatch(/^column +type +comes from +contract/m);
  expect(stdout).toMatch(/^revenue .*aggregate of raw\.orders\.amount/m);
});

test("mistakes are told with what was probably meant", async () => {
  for (const [name, hint] of [
    ["shop.revenu", 'Did you mean "shop.revenue"?'],
    ["raw.orders.amonut", 'Did you mean "raw.orders.amount"?'],
  ] as const) {
    const { code, stderr } = await project.sluice(["lineage", name]);
    expect(stderr).toContain(hint);
    expect(code).toBe(64);
  }
  await project.write({ "models/shop/broken.sql": "select nothing from raw.orders" });
  const { code, stderr } = await project.sluice(["lineage", "shop.revenue"]);
  expect(code).toBe(1);
  expect(stderr).toContain("models/shop/broken.sql");
});

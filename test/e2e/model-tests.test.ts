/** Tests of models: what passes, what fails and how it is told, what is wrong in a test, and what is left behind. */
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, orders } from "./shop-project.ts";

const kept = (how: string, query: string): string =>
  `/*---\nmaterialized: ${how}\ncolumns:\n  product: { key: true }\n---*/\n${query}\n`;
const late = `
late rows:
  model: shop.MODEL
  steps:
    - given:
        raw.orders: |
          day,product,amount
          2026-03-01,tea,1
          2026-03-02,cake,2
          2026-03-02,milk,2
      expect: FIRST
    - given:
        raw.orders: [{ day: 2026-03-01, product: tea, amount: 5 }]
      expect: SECOND
`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders,
    "models/shop/best.sql":
      "select product, sum(amount) as revenue, $run_date as seen from raw.orders group by product order by revenue desc",
    "models/shop/daily.sql":
      "/*---\nmaterialized: { interval: { by: day, grain: day } }\n---*/\nselect day, sum(amount) as revenue from raw.orders group by day",
    "models/shop/newest.sql": kept(
      "{ upsert: { order: day } }",
      "select product, day, amount from raw.orders",
    ),
    "models/shop/lines.sql":
      "/*---\nmaterialized: append\n---*/\nselect product, amount * 2 as twice from raw.orders",
    "models/shop/cheap.sql": "/*---\nmaterialized: view\n---*/\nselect * from raw.orders where amount < 3",
    "models/shop/computed.ts": `import { model, t } from "sluice";
import orders from "../../sources/raw/orders.ts";
export default model({
  inputs: { orders },
  columns: { product: t.text(), share: t.number() },
  async *rows({ orders }) { for await (const one of orders) yield { product: one.product, share: 0.1 + 0.2 }; },
});
`,
  });
});
afterAll(() => project[Symbol.asyncDispose]());

interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly failure?: Readonly<Record<string, unknown>>;
}

/** Run some files of tests alone; the results by their names. */
async function run(
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | undefined; results: ReadonlyMap<string, Result> }> {
  await project.write(files);
  try {
    const { code, stdout } = await project.sluice(["test", "--json", ...flags], { env });
    const { tests } = JSON.parse(stdout) as { readonly tests: readonly Result[] };
    return { code, results: new Map(tests.map((one) => [one.name, one])) };
  } finally {
    await project.write(Object.fromEntries(Object.keys(files).map((path) => [path, null])));
  }
}

const steps = (model: string, first: string, second: string): string =>
  late.replace("MODEL", model).replace("FIRST", first).replace("SECOND", second);

test("every kind of model is built from given rows, as a whole and delivery by delivery", async () => {
  const { code, results } = await run({
    "tests/daily.yml": steps(
      "daily",
      "[{ day: 2026-03-01, revenue: 1 }, { day: 2026-03-02, revenue: 4.00 }]",
      "[{ day: 2026-03-02, revenue: 4 }, { day: 2026-03-01, revenue: 6 }]",
    ).replace("late rows", "daily"),
    "tests/deep/newest.yml": steps(
      "newest",
      "[{ product: tea, amount: 1 }, { product: cake, amount: 2 }, { product: milk, amount: 2 }]",
      "[{ product: tea, amount: 5 }, { product: cake, amount: 2 }, { product: milk, amount: 2 }]",
    ).replace("late rows", "newest"),
    "tests/others.yml": `
lines:
  model: shop.lines
  given: { orders: [{ product: a, amount: 1 }, { product: b, amount: 2 }, { product: c, amount: 3 }] }
  exact: true
  expect: { sql: "select chr(96 + i::integer) as product, i * 2 as twice from range(1, 4) r(i)" }
cheap:
  model: shop.cheap
  given: { orders: [{ product: "it's \\"x\\"; drop", amount: 1 }, { amount: 3 }] }
  expect: [{ id: 1, product: "it's \\"x\\"; drop" }]
computed:
  model: shop.computed
  given: { orders: [{ product: a }] }
  expect: [{ product: a, share: 0.3 }]
`,
    "tests/best.ts": `import { test } from "sluice";
import orders from "../sources/raw/orders.ts";
const given = { orders: [{ product: "a", amount: "1" }, { product: "b", amount: "2" }] };
export default [
  test({ name: "in order", model: "shop.best", given, runTime: "2026-05-05 10:00:00",
    expect: [{ product: "b", seen: "2026-05-05" }, { product: "a", seen: "2026-05-05" }] }),
  test({ name: "nothing comes of nothing", model: "shop.best", expect: [] }),
];
`,
  });
  expect([...results.values()].filter(({ passed }) => !passed)).toEqual([]);
  expect(results.size).toBe(7);
  expect(code).toBe(0);
});

test("what differs is told: missing, unexpected, changed, another order, and a query that fails", async () => {
  const { code, results } = await run({
    "tests/wrong.yml": `
rows:
  model: shop.newest
  given: { orders: [{ product: tea, day: 2026-03-01, amount: 1 }, { product: cake, amount: 2 }] }
  expect: [{ product: tea, amount: 7 }, { product: pie, amount: 1 }]
order:
  model: shop.best
  given: { orders: [{ product: a, amount: 1 }, { product: b, amount: 2 }] }
  expect: [{ product: a }, { product: b }]
`,
  });
  expect(code).toBe(1);
  expect(results.get("rows")?.failure).toEqual({
    built: "whole",
    difference: {
      columns: ["product", "amount"],
      expected: 2,
      actual: 2,
      missing: [["pie", "1.00"]],
      unexpected: [["cake", "2.00"]],
      changed: [{ expected: ["tea", "7.00"], actual: ["tea", "1.00"] }],
    },
  });
  expect(results.get("order")?.failure).toMatchObject({
    difference: { missing: [], misplaced: { at: 0, expected: ["a"], actual: ["b"] } },
  });
});

test("mistakes in tests are told by check, with their places; runs do not mind", async () => {
  const files = {
    "tests/bad.yml": `one:
  model: shop.bset
  expect: []
two:
  model: shop.best
  given:
    raw.orders:
      - { produkt: tea, amount: much }
    shop.daily: []
  expect: []
`,
    "tests/bad.ts": "export const x = 1;\n",
    "tests/two.yml": "one:\n  model: shop.best\n  expect: []\n---\ntwo:\n  model: shop.best\n",
  };
  await project.write({ ...files, "landing/orders/a.csv": "id,day,product,amount\n1,2026-03-01,tea,1\n" });
  try {
    const { code, stdout } = await project.sluice(["check", "--json"]);
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout) as { readonly error: { readonly diagnostics: readonly object[] } };
    expect(error.diagnostics).toMatchObject([
      { code: "no-definition", path: "tests/bad.ts" },
      { code: "unknown-dataset", path: "tests/bad.yml", line: 2, suggestion: 'did you mean "shop.best"?' },
      { code: "unknown-column", line: 8, column: 11, suggestion: 'did you mean "product"?' },
      { code: "type-clash", line: 8, column: 33 },
      { code: "bad-setting", line: 9, message: '"shop.best" does not read "shop.daily"' },
      { code: "yaml-syntax", path: "tests/two.yml", line: 4 },
    ]);
    expect(await project.sluice(["test"])).toMatchObject({ code: 1 });
    expect(await project.run()).toMatchObject({ code: 0, release: 1, failed: [] });
  } finally {
    await project.write({ "tests/bad.yml": null, "tests/bad.ts": null, "tests/two.yml": null });
  }
});

test("a test that does not end is stopped, selections choose, and nothing is left behind", async () => {
  const benches = await mkdtemp(`${tmpdir()}/sluice-benches-`);
  try {
    const { code, results } = await run(
      {
        "models/shop/endless.ts": `import { model, t } from "sluice";
export default model({ columns: { n: t.integer() }, *rows() { for (;;); } });
`,
        "tests/endless.yml": "endless:\n  model: shop.endless\n  expect: []\n",
        "tests/best.yml": "best:\n  model: shop.best\n  expect: []\n",
      },
      ["--timeout", "1", "endless"],
      { TMPDIR: benches },
    );
    expect(code).toBe(1);
    expect([...results.keys()]).toEqual(["endless"]);
    expect(results.get("endless")?.failure).toMatchObject({
      error: expect.stringContaining("within 1 s") as string,
    });
    expect(readdirSync(benches).filter((name) => name.startsWith("sluice"))).toEqual([]);
    expect(existsSync(`${project.root}/.sluice/data/shop.endless`)).toBe(false);
  } finally {
    await rm(benches, { recursive: true });
  }
});

test("watching runs what a change touches, and tells the rest again", async () => {
  const tests = (revenue: number): string => `
best:
  model: shop.best
  given: { orders: [{ product: a, amount: 1 }] }
  expect: [{ product: a, revenue: ${revenue} }]
cheap:
  model: shop.cheap
  expect: []
`;
  await project.write({ "tests/watched.yml": tests(1) });
  const lines: string[] = [];
  let arrived = (): void => undefined;
  const { child, ended } = project.start(["test", "--watch", "--json"], {
    onLine: (line) => {
      lines.push(line);
      arrived();
    },
  });
  const until = async (fits: (counts: { passed: number; failed: number }) => boolean): Promise<void> => {
    for (let read = 0; ; read++) {
      while (lines.length <= read) await new Promise<void>((resolve) => (arrived = resolve));
      if (fits(JSON.parse(lines[read] ?? "") as { passed: number; failed: number })) break;
    }
    lines.length = 0;
  };
  try {
    await until(({ passed, failed }) => passed === 2 && failed === 0);
    await project.write({ "tests/watched.yml": tests(2) });
    await until(({ passed, failed }) => passed === 1 && failed === 1);
    await project.write({
      "models/shop/best.sql": "select product, 2 * sum(amount) as revenue from raw.orders group by product",
    });
    await until(({ passed, failed }) => passed === 2 && failed === 0);
  } finally {
    child.kill("SIGINT");
  }
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});

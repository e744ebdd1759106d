/** Tests of contracts: made-up deliveries go through the gate of a run, without a run. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const orders = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv", { delimiter: ";" }),
  columns: {
    id: t.integer().key(),
    mail: t.text().format("email").nullable().missing("-"),
    price: t.decimal(8, 2).min(0).from("price", "cost.net"),
    day: t.date().format("%d.%m.%Y"),
  },
});
`;

const fine = `records are read, refused and left blank:
  source: raw.orders
  given: |
    id,mail,price,day
    1,a@example.org,2.5,03.02.2026
    2,-,1,04.02.2026
    x,,1,04.02.2026
    1,,1,04.02.2026
    5,nobody,-1,2026-02-04
    6,a
  expect:
    - { id: 1, mail: a@example.org, price: 2.50, day: 2026-02-03 }
    - { id: 2, mail: null, price: 1, day: 2026-02-04 }
  refused:
    - { line: 4, reason: "id: not an integer" }
    - { line: 5, reason: "key (id): duplicate" }
    - { line: 6, reason: "mail: not an email address; price: below 0; day: not a date" }
    - { line: 7, reason: "2 fields instead of 4" }
records of JSON:
  source: raw.orders
  given:
    - { id: "7", cost: { net: 3 }, day: 01.01.2026 }
  expect: [{ id: 7, price: 3, mail: null }]
  refused: []
`;

test("what is let through and what is refused is compared, to the reason", { timeout: 120_000 }, async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders,
    "tests/orders.yml": fine,
  });
  const first = await project.sluice(["test", "--json"]);
  const reasons = JSON.stringify(JSON.parse(first.stdout));
  expect(first.code, reasons).toBe(0);
  await expect(access(join(project.root, ".sluice/state.db"))).rejects.toThrow("ENOENT");

  await project.write({
    "tests/orders.yml": fine
      .replace("price: 2.50", "price: 2.60")
      .replace('"id: not an integer"', '"id: required"'),
  });
  const told = await project.sluice(["test"]);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain("raw.orders, what its contract lets through");
  expect(told.stdout).toContain("2.60 → 2.50");
  await project.write({ "tests/orders.yml": fine.replace('"id: not an integer"', '"id: required"') });
  const refused = await project.sluice(["test", "--json"]);
  const url = new URL("../../docs/reference/schemas/test.schema.json", import.meta.url);
  const schema = JSON.parse(await readFile(url, "utf8")) as Parameters<typeof z.fromJSONSchema>[0];
  const document = JSON.parse(refused.stdout) as object;
  z.fromJSONSchema(schema).parse(document);
  expect(document).toMatchObject({
    passed: 1,
    failed: 1,
    tests: [
      {
        model: "raw.orders",
        passed: false,
        failure: { rows: "refused", difference: { columns: ["line", "reason"] } },
      },
      { passed: true },
    ],
  });
  const none = await project.sluice(["test", "raw.orders"]);
  expect(none.code).toBe(1);
});

test("mistakes are told with their place", { timeout: 120_000 }, async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders,
    "models/shop/copy.sql": "select id from raw.orders\n",
    "tests/bad.yml": `no such source:
  source: raw.order
  given: "id\\n1\\n"
  expect: []
a model:
  source: shop.copy
  given: "id\\n1\\n"
  expect: []
as a model:
  model: raw.orders
  expect: []
nothing given:
  source: raw.orders
  expect: [{ prize: 3 }]
nothing expected:
  source: raw.orders
  given: 7
odd:
  source: raw.orders
  given: []
  refused: [{ line: 0 }, { lin: 3 }, 4]
`,
  });
  const { code, stdout, stderr } = await project.sluice(["check", "--json"]);
  expect(code).toBe(1);
  const { error } = JSON.parse(stderr === "" ? stdout : stderr) as {
    error: { diagnostics: readonly { line: number; message: string; suggestion?: string }[] };
  };
  const said = error.diagnostics.map(
    ({ line, message, suggestion }) => `${line} ${message} (${suggestion ?? ""})`,
  );
  for (const part of [
    '2 dataset "raw.order" does not exist (did you mean "raw.orders"?)',
    '6 "shop.copy" is a model, which has no deliveries (write "model: shop.copy")',
    '10 "raw.orders" is a source, and no model (write "source: raw.orders" to test its contract',
    '"given" is missing',
    '14 column "prize" does not exist',
    '"expect" and "refused" are both missing',
    '17 "given" must be what is delivered, not 7',
    '21 "line" must be a number from 1, not 0',
    'did you mean "line"?',
    "a refused record must be a mapping, not 4",
  ])
    expect(said.join("\n")).toContain(part);
});

test("what differs is expected from now on where somebody says so", { timeout: 120_000 }, async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/orders.ts": orders,
    "models/shop/copy.sql": "select id, mail as contact from raw.orders\n",
    "tests/orders.yml": fine.replace("price: 2.50", "price: 2.60").replace("- { id: 7,", "- { id: 8,"),
    "tests/copy.yml": `copied:
  model: shop.copy # not touched
  given: { raw.orders: [{ id: 1, mail: "a: b" }, { id: 2 }] }
  expect: []
by a query:
  model: shop.copy
  expect: { sql: "select 1 as id" }
`,
  });
  const { code, stdout } = await project.sluice(["test", "--update"]);
  expect(code).toBe(1);
  expect(stdout).toContain("2.60 → 2.50");
  expect(stdout).toContain("expected from now on: copied (tests/copy.yml)");
  expect(stdout).toContain("to be looked at by hand: by a query (tests/copy.yml)");
  const copy = await readFile(join(project.root, "tests/copy.yml"), "utf8");
  expect(copy).toContain(
    '  expect:\n    - { id: 1, contact: "a: b" }\n    - { id: 2, contact: null }\nby a query:',
  );
  expect(copy).toContain("model: shop.copy # not touched");
  const again = await project.sluice(["test", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ passed: 3, failed: 1 });
  expect((await project.sluice(["test", "--update", "--watch"])).code).toBe(64);
});

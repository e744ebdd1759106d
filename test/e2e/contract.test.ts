/** Contracts go out of a real project and come back, through the real verbs. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const entry = fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));
let directory: string;

const source = (columns: string): string => `import { files, source, t } from "sluice";
export default source({
  description: "Orders",
  owner: "sales",
  from: files("landing/orders/*.csv"),
  freshness: { stop: "24h" },
  columns: {${columns}},
  checks: [{ check: "row_count", min: 1 }, { check: "row_predicate", expression: "price > 0", tolerance: "1%" }],
});
`;

const columns = `
    id: t.integer().key(),
    price: t.decimal(12, 2).min(0).unit("EUR"),
    mail: t.text().format("email").nullable().missing("-").tag("pii.email"),
    state: t.text().oneOf("new", "paid"),
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-contract-"));
  for (const folder of ["sources/raw", "models/core", "consumers"])
    await mkdir(join(directory, folder), { recursive: true });
  const config = `import { project } from "sluice";\nexport default project({ name: "shop" });\n`;
  await writeFile(join(directory, "sluice.config.ts"), config);
  await writeFile(join(directory, "sources/raw/orders.ts"), source(columns));
  await writeFile(join(directory, "models/core/sums.sql"), "select price, state from raw.orders\n");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function sluice(...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { cwd: directory }, (error, out, err) =>
      resolve({ exit: error ? Number(error.code) : 0, out, err }),
    );
  });
}

async function document(schema: string, exit: number, ...args: readonly string[]): Promise<unknown> {
  const ended = await sluice("contract", ...args, "--json");
  expect(ended.exit, ended.err).toBe(exit);
  const url = new URL(`../../docs/reference/schemas/contract-${schema}.schema.json`, import.meta.url);
  const made: unknown = JSON.parse(ended.out);
  z.fromJSONSchema(JSON.parse(await readFile(url, "utf8")) as Parameters<typeof z.fromJSONSchema>[0]).parse(
    made,
  );
  return made;
}

test(
  "a contract goes out as a file, comes back as another source, and both say the same",
  { timeout: 120_000 },
  async () => {
    const written = await sluice("contract", "export", "raw.orders", "--out", "contracts");
    expect(written).toMatchObject({ exit: 0, out: "contracts/raw.orders.odcs.yaml\n" });
    const file = "contracts/raw.orders.odcs.yaml";
    expect(await readFile(join(directory, file), "utf8")).toContain("logicalType: integer");

    const imported = await document("import", 0, "import", file, "--as", "raw.copies");
    expect(imported).toEqual({
      dataset: "raw.copies",
      file: "sources/raw/copies.ts",
      guessed: [],
      unsaid: [],
    });
    const again = await sluice("contract", "import", file, "--as", "raw.copies");
    expect(again.exit).toBe(64);
    expect(again.err).toContain("--force");
    const checked = await sluice("check");
    expect(checked.err + checked.out, "the source that was written compiles").not.toContain("error");

    expect(await sluice("contract", "diff", "raw.orders", "raw.copies")).toMatchObject({
      exit: 0,
      out: "the contracts say the same\n",
    });
    const { contracts } = (await document("export", 0, "export", "--all")) as {
      contracts: { dataset: string; document: object }[];
    };
    const [copies, orders] = ["raw.copies", "raw.orders"].map(
      (name) => contracts.find(({ dataset }) => dataset === name)?.document,
    );
    expect(JSON.parse(JSON.stringify(copies).replaceAll("raw.copies", "raw.orders"))).toEqual(orders);
  },
);

test("a change breaks who reads the column, and who delivers it", { timeout: 120_000 }, async () => {
  await sluice("contract", "export", "raw.orders", "--out", "old");
  const text = await readFile(join(directory, "old/raw.orders.odcs.yaml"), "utf8");
  await mkdir(join(directory, "new"), { recursive: true });
  const changed = text
    .replace("value: EUR", "value: USD")
    .replace("format: email", "format: uuid")
    .replace("- paid", "- sent");
  await writeFile(join(directory, "new/orders.yaml"), changed);
  const { verdict, changes } = (await document("diff", 2, "diff", "raw.orders", "new/orders.yaml")) as {
    verdict: string;
    changes: readonly unknown[];
  };
  expect(verdict).toBe("breaking");
  expect(changes).toMatchObject([
    {
      column: "price",
      what: "unit",
      breaks: "readers",
      severity: "breaking",
      readers: { models: ["core.sums"] },
    },
    { column: "mail", what: "format", breaks: "both" },
    { column: "state", what: "oneOf", breaks: "both" },
  ]);
});

test(
  "what releases publish is compared with each other, with the project, and with a document",
  { timeout: 240_000 },
  async () => {
    await rm(join(directory, "sources/raw/copies.ts"), { force: true });
    await mkdir(join(directory, "landing/orders"), { recursive: true });
    await writeFile(join(directory, "landing/orders/1.csv"), "id,price,mail,state\n1,2.50,-,new\n");
    expect(await sluice("run")).toMatchObject({ exit: 0 });
    expect(await sluice("contract", "diff", "dev", "dev@1")).toMatchObject({ exit: 0 });
    const changed = columns.replace('.unit("EUR")', '.unit("USD")').replace('"new", "paid"', '"new"');
    await writeFile(join(directory, "sources/raw/orders.ts"), source(changed));
    const readers = { models: ["core.sums"], consumers: [] };
    const wanted = [
      { column: "price", what: "unit", severity: "breaking", readers },
      { column: "state", what: "oneOf", breaks: "suppliers", severity: "breaking" },
    ];
    expect(await document("diff", 2, "diff", "dev", "raw.orders")).toMatchObject({
      a: "dev@1",
      b: "raw.orders",
      changes: wanted,
    });
    expect(await sluice("run")).toMatchObject({ exit: 0 });
    const { changes } = (await document("diff", 2, "diff", "dev@1", "dev@2", "raw.orders")) as {
      changes: unknown;
    };
    expect(changes).toMatchObject(wanted.map((change) => ({ dataset: "raw.orders", ...change })));
    await sluice("contract", "export", "raw.orders", "--out", "now");
    const file = "now/raw.orders.odcs.yaml";
    expect(await sluice("contract", "diff", "dev@2", file, "raw.orders")).toMatchObject({ exit: 0 });
    const unnamed = await sluice("contract", "diff", "dev@2", file);
    expect(unnamed).toMatchObject({ exit: 64 });
    expect(unnamed.err).toContain("raw.orders");
    expect((await sluice("contract", "diff", "dev@9", "dev")).err).toContain("9");
  },
);

const foreign = `apiVersion: v3.1.0
kind: DataContract
id: 8f2c
name: Returns of the shop
version: 1.4.0
status: active
tenant: shop
domain: sales
description: { purpose: "What came back, and why", limitations: 'no "gift" returns' }
servers:
  - { server: prod, type: postgres, host: db.example.com, port: 5432, database: shop, schema: public }
team: { name: sales, members: [{ username: ann, role: owner, dateIn: "2024-01-01" }] }
roles: [{ role: analyst, access: read, firstLevelApprovers: ann }]
support: [{ channel: "#sales", tool: slack }]
price: { priceAmount: 9.5, priceCurrency: EUR, priceUnit: megabyte }
slaProperties:
  - { property: latency, value: 2, unit: d, element: returns }
  - { property: retention, value: 3, unit: y }
customProperties: [{ property: ruleset, value: { strict: true } }]
schema:
  - name: returns
    physicalType: table
    relationships: [{ from: [returns.a, returns.b], to: [orders.a, orders.b] }]
    properties:
      - name: id
        primaryKey: true
        required: true
        logicalType: string
        logicalTypeOptions: { format: uuid }
        classification: public
        examples: ["7f1"]
        relationships: [{ to: orders.id, type: foreignKey }]
      - name: why
        logicalType: string
        quality:
          - { type: sql, query: "select count(*) from \${table}", mustBeLessThan: 3 }
          - { type: custom, engine: soda, implementation: "type: missing_count" }
      - name: parts
        logicalType: array
        items: { logicalType: object, properties: [{ name: weight, logicalType: number }] }
`;

test(
  "a document of others is the definition of a source, and goes out as it came",
  { timeout: 120_000 },
  async () => {
    await writeFile(join(directory, "returns.odcs.yaml"), foreign);
    const { unsaid } = (await document(
      "import",
      0,
      "import",
      "returns.odcs.yaml",
      "--as",
      "raw.returns",
    )) as {
      unsaid: readonly string[];
    };
    for (const place of [
      "price",
      "servers",
      "schema.returns.relationships",
      "schema.returns.properties.id.classification",
    ])
      expect(unsaid).toContain(place);
    const { contracts } = (await document("export", 0, "export", "raw.returns")) as {
      contracts: readonly { document: { schema: readonly Record<string, unknown>[] } }[];
    };
    const [exported] = contracts;
    // Where its files lie the definition says itself.
    const { customProperties, ...table } = exported?.document.schema[0] ?? {};
    expect(customProperties).toEqual([
      { property: "sluice", value: { from: { kind: "files", patterns: ["landing/returns/**/*.csv"] } } },
    ]);
    expect({ ...exported?.document, schema: [table] }).toEqual(parse(foreign));
    await rm(join(directory, "sources/raw/returns.ts"));
  },
);

test("a document that is none is told with its place", { timeout: 60_000 }, async () => {
  await writeFile(
    join(directory, "bad.yaml"),
    "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\nschema:\n  - name: t\n    quality: [{ metric: rowCount, mustBeBetween: [3, 1] }]\n",
  );
  const { exit, err } = await sluice("contract", "import", "bad.yaml");
  expect(exit).not.toBe(0);
  expect(err).toContain("bad.yaml:8");
  expect(err).toContain("the first must be below the second");
  await writeFile(join(directory, "bad.yaml"), foreign.replace("access: read", "acess: read"));
  const misspelt = await sluice("contract", "import", "bad.yaml", "--as", "raw.returns");
  expect(misspelt).toMatchObject({ exit: 1 });
  expect(misspelt.err).toContain("bad.yaml:13");
  expect(misspelt.err).toContain('did you mean "access"?');
});

/** A document of ODCS as the contract of a source. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exportContract } from "../compile/odcs/contract-document.ts";
import { misfitsOf } from "../compile/odcs/judge-by-schema.ts";
import { readContract } from "../compile/odcs/judge-document.ts";
import type { DatasetNode } from "../graph/graph.ts";
import { compileProject } from "./compile-project.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-contract-"));
  cpSync(join(import.meta.dirname, "../../test/golden/good-project"), root, { recursive: true });
  write("sources/raw/orders.ts", definition());
  write("contracts/orders.odcs.yaml", contract);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const definition = (more = ""): string => `import { check, files, source, t } from "sluice";

export default source({
  from: files("landing/orders/*.csv"),
  contract: "contracts/orders.odcs.yaml",
  ${more}
});
`;

const contract = `apiVersion: v3.1.0
kind: DataContract
id: 7f6a
version: 2.1.0
status: active
team: { name: shop }
price: { priceAmount: 9, priceCurrency: EUR }
schema:
  - name: orders
    description: Orders of the shop
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
      - name: mail
        description: Where the bill goes
        logicalType: string
        logicalTypeOptions:
          format: email
      - name: amount
        logicalType: number
        physicalType: DECIMAL(12,2)
        customProperties: [{ property: unit, value: EUR }]
        quality:
          - { name: paid, metric: nullValues, mustBe: 0, severity: warning }
    quality:
      - { metric: rowCount, mustBeGreaterThan: 0 }
`;

async function compiled(): Promise<DatasetNode> {
  const { graph, diagnostics } = await compileProject(root);
  expect(diagnostics).toEqual([]);
  const node = graph?.datasets.find(({ id }) => id === "raw.orders");
  if (node === undefined) throw new Error("there is no raw.orders");
  return node;
}

/** What is wrong, as `file:line:column message`. */
async function mistakes(): Promise<string[]> {
  const { diagnostics } = await compileProject(root);
  return diagnostics.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`);
}

describe("the document is what the definition would say", () => {
  test("columns, checks, owner and description are its own, and checks of the definition come on top", async () => {
    write("sources/raw/orders.ts", definition("checks: [check.rowCount({ max: 9 })],"));
    const node = await compiled();
    expect(node).toMatchObject({ owner: "shop", description: "Orders of the shop" });
    expect(node.columns.map(({ name, engineType }) => [name, engineType])).toEqual([
      ["id", "BIGINT"],
      ["mail", "VARCHAR"],
      ["amount", "DECIMAL(12,2)"],
    ]);
    expect(node.columns[1]?.declared).toMatchObject({ format: "email", nullable: true });
    expect(node.columns[2]?.unit ?? node.columns[2]?.declared?.unit).toBe("EUR");
    expect(node.checks).toMatchObject([
      { check: "row_count", min: 1 },
      { check: "null_values", column: "amount", name: "paid", severity: "warn" },
      { check: "row_count", max: 9 },
    ]);
  });

  test("rows are typed by it", async () => {
    await compiled();
    const types = readFileSync(join(root, "sluice-env.d.ts"), "utf8");
    expect(types).toContain('/** Orders of the shop */\n  "raw.orders": {');
    expect(types).toContain("/** Where the bill goes */\n    mail: string | null;");
  });

  test("the export says what the document says, and where the files lie", async () => {
    const { document } = readContract("", contract, misfitsOf);
    const said = structuredClone(exportContract(await compiled())) as { schema: Record<string, unknown>[] };
    const value = { from: { kind: "files", patterns: ["landing/orders/*.csv"] } };
    expect(said.schema[0]?.["customProperties"]).toEqual([{ property: "sluice", value }]);
    delete said.schema[0]?.["customProperties"];
    expect(said).toEqual(document);
  });

  test("its change is a change of the definition; the same text is none", async () => {
    const before = await compiled();
    write("contracts/orders.odcs.yaml", contract.replace("DECIMAL(12,2)", "DECIMAL(12,3)"));
    const after = await compiled();
    expect(after.columns[2]?.engineType).toBe("DECIMAL(12,3)");
    expect(after.fingerprint).not.toBe(before.fingerprint);
    write("contracts/orders.odcs.yaml", contract);
    expect((await compiled()).fingerprint).toBe(before.fingerprint);
  });
});

describe("mistakes are told where they are", () => {
  test.each([
    [
      "not the standard",
      "mustBe: 0,",
      "mustBe: 0, mustBeLessThan: 3,",
      /^contracts\/orders.odcs.yaml:25:\d+ a rule has exactly one operator/,
    ],
    [
      "a limit that its type cannot have",
      "logicalType: string\n        logicalTypeOptions:\n          format: email",
      "logicalType: boolean\n        logicalTypeOptions:\n          minimum: 3",
      /^contracts\/orders.odcs.yaml:19:11 column "mail": "min" is for numbers/,
    ],
    [
      "a check of a column that cannot be asked",
      "metric: rowCount, mustBeGreaterThan: 0",
      "metric: rowCount, mustBeBetween: [9, 3]",
      /^contracts\/orders.odcs.yaml:27:\d+ "mustBeBetween"/,
    ],
    [
      "a column whose name is ours",
      "name: mail",
      "name: sluice_mail",
      /^contracts\/orders.odcs.yaml:15:\d+ names beginning with "sluice_"/,
    ],
    [
      "a second document behind the first",
      "      - { metric: rowCount, mustBeGreaterThan: 0 }\n",
      "      - { metric: rowCount, mustBeGreaterThan: 0 }\n---\nkind: DataContract\n",
      /^contracts\/orders.odcs.yaml:28:1 a second document begins here/,
    ],
  ])("%s", async (_, from, to, wanted) => {
    write("contracts/orders.odcs.yaml", contract.replace(from, to));
    expect(await mistakes()).toEqual([expect.stringMatching(wanted)]);
  });

  test("a check of its own engine that does not exist", async () => {
    const rule = "{ type: custom, engine: sluice, implementation: { check: null_valus, column: id } }";
    write(
      "contracts/orders.odcs.yaml",
      contract.replace("    quality:\n      - {", `    quality:\n      - ${rule}\n      - {`),
    );
    expect(await mistakes()).toEqual([
      expect.stringMatching(/odcs.yaml:27:\d+ there is no check "null_valus"/),
    ]);
  });

  test("what both say is refused in the definition, also mistakes of its own checks", async () => {
    write(
      "sources/raw/orders.ts",
      definition('owner: "me", columns: { id: t.text() },\n  checks: [check.rowCount({ min: 3, max: 1 })],'),
    );
    expect(await mistakes()).toEqual([
      expect.stringMatching(/^sources\/raw\/orders.ts:6:3 "owner" is said by the contract/),
      expect.stringMatching(/^sources\/raw\/orders.ts:6:16 "columns" is said by the contract/),
      expect.stringMatching(/^sources\/raw\/orders.ts:7:\d+ /),
    ]);
  });

  test("a document that is not there, until it is", async () => {
    rmSync(join(root, "contracts"), { recursive: true });
    expect(await mistakes()).toEqual([
      expect.stringMatching(
        /^sources\/raw\/orders.ts:5:3 the contract "contracts\/orders.odcs.yaml" cannot be read/,
      ),
    ]);
    write("contracts/orders.odcs.yaml", contract);
    await compiled();
  });

  test("a table that is not there, of several", async () => {
    write(
      "contracts/orders.odcs.yaml",
      `${contract.replace("name: orders", "name: order")}  - name: bills\n`,
    );
    expect(await mistakes()).toEqual([
      expect.stringMatching(/orders.ts:5:3 the contract .* has no table "orders"/),
    ]);
  });

  test("a path that leads out of the project", async () => {
    write("sources/raw/orders.ts", definition().replace("contracts/", "../"));
    const [first] = await mistakes();
    expect(first).toMatch(/orders.ts:5:3 "contract" must be inside the project/);
  });
});

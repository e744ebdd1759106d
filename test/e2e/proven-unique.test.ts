/** Keys that a query proves are not asked about; those that it only inherits are, wherever the input does not vouch for them. */
import { expect, test } from "vitest";
import { projectOnDisk, type ProjectOnDisk } from "./project-on-disk.ts";

const source = (unique: string): string => `import { files, source, t } from "sluice";
export default source({
  from: files("landing/sales/*.csv"),
  columns: { id: t.integer()${unique}, shop: t.text(), amount: t.decimal(9, 2) },
});
`;
const rows = "id,shop,amount\n1,a,1.00\n2,a,2.00\n3,b,3.00\n";
const repeated = `${rows}3,b,3.00\n`;

const keyed = (column: string, sql: string, more = ""): string =>
  `/*---\ncolumns:\n  ${column}: { key: true }\n${more}---*/\n${sql}\n`;

const files = {
  "sluice.config.ts": `import { project } from "sluice";\nexport default project({ name: "sales" });\n`,
  "sources/raw/sales.ts": source(".key()"),
  "landing/sales/one.csv": rows,
  "models/m/sales.sql": keyed("id", "select id, upper(shop) as shop, amount * 2 as amount from raw.sales"),
  "models/m/again.sql": keyed("number", "select id as number from m.sales where amount > 0"),
  "models/m/shops.sql": keyed("shop", "select shop, sum(amount) as amount from raw.sales group by shop"),
  "models/m/view.sql": keyed("id", "select id, shop from m.sales", "materialized: view\n"),
  "models/m/cut.sql": keyed("id", "select id // 1 as id from raw.sales"),
};

/** What the key check of each model said. */
async function keys(project: ProjectOnDisk): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of ["sales", "again", "shops", "view", "cut"]) {
    const { stdout } = await project.sluice(["show", `m.${name}`, "--json"]);
    const [, message] = /"name":\s*"key[^}]*?"message":\s*"([^"]*)"/s.exec(stdout) ?? [];
    found[name] = message ?? stdout;
  }
  return found;
}

test("what the query proves is told, what it does not is asked", async () => {
  await using project = await projectOnDisk(files);
  expect(await project.run()).toMatchObject({ code: 0, held: [], failed: [] });
  const proven = "holds, proven by the query";
  expect(await keys(project)).toEqual({
    sales: proven,
    again: proven,
    shops: proven,
    view: proven,
    cut: "holds",
  });
});

test("without a key at the source, the same queries prove nothing of it, and rows that repeat are found", async () => {
  await using project = await projectOnDisk({ ...files, "sources/raw/sales.ts": source("") });
  expect(await project.run()).toMatchObject({ code: 0, held: [], failed: [] });
  const proven = "holds, proven by the query";
  // The key of m.sales was asked about; what reads it may rely on that.
  expect(await keys(project)).toEqual({
    sales: "holds",
    again: proven,
    shops: proven,
    view: proven,
    cut: "holds",
  });
  await project.write({ "landing/sales/one.csv": repeated });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.failed.toSorted()).toEqual(["m.cut", "m.sales"]);
});

test("what only warned of rows that repeat vouches for nothing", async () => {
  const warned = `/*---\nchecks:\n  - duplicate_values: { columns: [id], severity: warn }\n---*/\nselect id, shop, amount from raw.sales\n`;
  await using project = await projectOnDisk({
    ...files,
    "sources/raw/sales.ts": source(""),
    "landing/sales/one.csv": repeated,
    "models/m/sales.sql": warned,
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.failed.toSorted()).toEqual(["m.again", "m.cut", "m.view"]);
});

test("a contract that gains a key vouches for what was read under it, not for what was read before", async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": files["sluice.config.ts"],
    "sources/raw/sales.ts": source(""),
    "landing/sales/one.csv": repeated,
    "models/m/sales.sql": "select id, shop, amount from raw.sales",
  });
  expect(await project.run()).toMatchObject({ code: 0 });
  // Under the key a record is refused, more than the limit lets pass, so the source stays at what was read before.
  await project.write({
    "sources/raw/sales.ts": source(".key()").replace("columns:", "quarantine: { stop: 0 }, columns:"),
    "models/m/sales.sql": files["models/m/sales.sql"],
  });
  expect(await project.run()).toMatchObject({
    code: 1,
    failed: ["raw.sales"],
    held: ["raw.sales", "m.sales"],
  });
  // Built over those rows all the same, the model has its key asked about.
  const ran = await project.run("--select", "m.sales");
  expect(ran).toMatchObject({ code: 1, failed: ["m.sales"] });
  expect(await project.query("select count(*)::integer as n from m.sales")).toEqual([{ n: 4 }]);
});

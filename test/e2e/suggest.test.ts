/** Suggestions of a real project: what data proves is written, and what is written holds of the same data. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const customers = `import { files, source, t } from "sluice";

export default source({
  from: files("landing/customers.csv"),
  columns: {
    id: t.integer().key(),
    // Who it is; their own words.
    first_name: t.text(),
    contact: t.text().nullable(),
    email: t.text().tag("pii.email"),
    country: t.text(),
  },
});
`;

const orders = `import { files, source, t } from "sluice";

export default source({
  from: files("landing/orders.csv"),
  quarantine: { warn: 0, stop: 0.25 },
  columns: {
    number: t.integer(), // as the till counts
    customer_id: t.integer(),
    state: t.text(),
    amount: t
      .number()
      .nullable(),
    "odd \\"name\\" /* it */": t.text().pattern(/[a-z({]+\\d+/),
    grade: t.text().nullable(),
    quantity: t.text(),
    code: t.text(),
    temperature: t.number(),
    rating: t.integer().min(1)
  }
});
`;

const paid = `/*---
description: Orders with a state   # kept as it is
columns:
  number: { key: true }
  state: # nothing said
  amount:
    nullable: true # not always known
  rating: integer
---*/
select number, customer_id, state, amount, rating, "odd ""name"" /* it */" from raw.orders
`;

const typed = `import { model, sql, t } from "sluice";
import orders from "../../sources/raw/orders.ts";

export default model({
  inputs: { orders },
  columns: { sku: t.text() },
  query: ({ orders }) =>
    sql\`select 'S' || \${orders.number} as sku, \${orders.number} as order_no, \${orders.amount} from \${orders}\`,
});
`;

/** A team's own way to write sources, which lets nobody say more than columns. */
const strict = `import { check, files, source, t } from "sluice";

function ours({ columns, ...more }: { columns: Record<string, ReturnType<typeof t.text>> }) {
  if (Object.keys(more).length > 0) throw new Error("we say columns only");
  return source({ from: files("landing/orders.csv"), columns });
}

export default ours({ columns: { state: t.text() } });
void check;
`;

const states = ["new", "paid", "sent", '*/ ---*/ it\'s "odd"'];
const names = ["Ada", "Grace", "Edsger", "Barbara", "Donald"];
const countries = ["DE", "FR", "IT", "ES"];

let project: ProjectOnDisk;
beforeAll(async () => {
  const people = Array.from(
    { length: 120 },
    (_, at) =>
      `${at + 1},${names[at % 5]},${at % 7 === 0 ? "" : `who-${at}@example.org`},secret-${at}@example.net,${countries[at % 4]}`,
  );
  const bought = Array.from({ length: 600 }, (_, at) =>
    [
      at + 1000,
      (at % 120) + 1,
      `"${(states[at % 4] ?? "").replaceAll('"', '""')}"`,
      at % 50 === 0 ? "" : ((at * 37) % 500) / 4,
      `x${at}`,
      at % 9 === 0 ? "N/A" : `grade ${at % 40}`,
      String((at % 12) + 1),
      `A${String(at % 90).padStart(3, "0")}`,
      at % 100 === 0 ? -999 : (at % 30) - 3,
      (at % 5) + 1,
    ].join(","),
  );
  const head = `number,customer_id,state,amount,"odd ""name"" /* it */",grade,quantity,code,temperature,rating`;
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/customers.ts": customers,
    "sources/raw/orders.ts": orders,
    "models/shop/paid.sql": paid,
    "models/shop/plain.sql":
      "-- No header at all.\nselect state, count(*) as orders from raw.orders group by state\n",
    "models/shop/shown.sql": "/*---\nmaterialized: view\n---*/\nselect * from raw.orders\n",
    "models/shop/typed.ts": typed,
    "sources/raw/strict.ts": strict,
    "landing/customers.csv": `id,first_name,contact,email,country\n${people.join("\n")}\n`,
    "landing/orders.csv": `${head}\n${bought.join("\n")}\n`,
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, failed: [] });
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

interface Suggested {
  readonly suggestions: readonly {
    readonly about: string;
    readonly column: string | null;
    readonly text: string | null;
    readonly state: string;
    readonly evidence: string;
  }[];
  readonly diff: readonly string[];
  readonly written: boolean;
}

const schema = new URL("../../docs/reference/schemas/suggest.schema.json", import.meta.url);

async function suggest(dataset: string, code: number, ...flags: readonly string[]): Promise<Suggested> {
  const ended = await project.sluice(["suggest", dataset, "--json", ...flags]);
  expect(ended.code, ended.stderr + ended.stdout).toBe(code);
  const document: unknown = JSON.parse(ended.stdout);
  const shape = JSON.parse(await readFile(schema, "utf8")) as Parameters<typeof z.fromJSONSchema>[0];
  z.fromJSONSchema(shape).parse(document);
  return document as Suggested;
}

const said = ({ suggestions }: Suggested): readonly string[] =>
  suggestions.map(({ about, column }) => (column === null ? about : `${about} ${column}`));

const definition = (path: string): Promise<string> => readFile(join(project.root, path), "utf8");

test("a source is told its key, states, references and ranges, and nothing is written unasked", async () => {
  const found = await suggest("raw.orders", 2);
  expect(said(found).toSorted()).toEqual(
    [
      "key number",
      "values state",
      "not null grade",
      "coded blanks grade",
      "type quantity",
      "length code",
      "coded blanks temperature",
      "range amount",
      "reference customer_id",
      "row count",
    ].toSorted(),
  );
  expect(found.suggestions.every(({ evidence }) => evidence.length > 10)).toBe(true);
  expect(found.written).toBe(false);
  expect(await definition("sources/raw/orders.ts")).toBe(orders);
  const { stdout, code } = await project.sluice(["suggest", "raw.orders"]);
  expect(code).toBe(2);
  expect(stdout).toContain("+    number: t.integer().key(), // as the till counts");
  expect(stdout).toContain("Nothing was written; --write does it.");
});

test("values of people are not shown, also where only their name or look says so", async () => {
  const found = await suggest("raw.customers", 2);
  const { stdout } = await project.sluice(["suggest", "raw.customers"]);
  for (const shown of [JSON.stringify(found), stdout])
    expect(shown).not.toMatch(/Ada|Grace|secret-|who-|example\.(?:org|net)/);
  expect(said(found)).toEqual(expect.arrayContaining(["format contact", "format email", "format country"]));
  expect(said(found)).toContain("personal contact");
  expect(said(found)).not.toContain("personal email");
  expect(said(found)).not.toContain("values first_name");
});

test(
  "what is written compiles, holds of the same data, and is not suggested again",
  { timeout: 200_000 },
  async () => {
    const datasets = ["raw.orders", "raw.customers", "shop.paid", "shop.plain", "shop.shown", "shop.typed"];
    for (const dataset of datasets) {
      const found = await suggest(dataset, 0, "--write");
      expect(found).toMatchObject({ written: true });
      expect(found.suggestions.filter(({ state }) => state === "by hand")).toEqual([]);
    }
    const checked = await project.sluice(["check"]);
    expect(checked, checked.stdout).toMatchObject({ code: 0 });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [], held: [] });
    expect(ran.rows["raw.orders"]).toMatchObject({ received: 600, accepted: 600 });
    expect(
      ran.events.flatMap((event) => (event["findings"] as readonly unknown[] | undefined) ?? []),
    ).toEqual([]);
    for (const dataset of datasets) {
      const again = await suggest(dataset, 0);
      expect(again.diff).toEqual([]);
    }
  },
);

test("what was declared stands as it stood, comments too", async () => {
  const kept = await definition("models/shop/paid.sql");
  const lines = new Set(kept.split("\n"));
  for (const line of paid.split("\n").filter((one) => !/state:|rating:/.test(one)))
    expect(lines).toContain(line);
  expect(kept).toContain("state: { nullable: false } # nothing said");
  expect(kept).toContain("rating: { type: integer, nullable: false }");
  const source = await definition("sources/raw/orders.ts");
  expect(source.startsWith(`import { check, files, source, t } from "sluice";`)).toBe(true);
  expect(source).toContain("rating: t.integer().min(1)");
  expect(source).toContain("      .nullable(),");
});

test("a change that does not compile is put back, and said so", async () => {
  const { code, stderr } = await project.sluice(["suggest", "raw.strict", "--write"]);
  expect(code).toBe(1);
  expect(stderr).toContain("we say columns only");
  expect(stderr).toContain("so sources/raw/strict.ts is as it was");
  expect(await definition("sources/raw/strict.ts")).toBe(strict);
  expect(await project.sluice(["check"])).toMatchObject({ code: 0 });
});

test("data that breaks what was written is told", async () => {
  const landing = await definition("landing/orders.csv");
  await project.write({ "landing/orders.csv": `${landing}9000,77777,gone,1e9,x1,g,many,A1,1,3\n` });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, failed: [] });
  const findings = JSON.stringify(ran.events.map((event) => event["findings"] ?? []));
  for (const kind of ["state", "amount", "quantity", "code", "customer_id"]) expect(findings).toContain(kind);
});

test("without data, or without the dataset, it says so", async () => {
  const missing = await project.sluice(["suggest", "raw.order"]);
  expect(missing).toMatchObject({ code: 64 });
  expect(missing.stderr).toContain('Did you mean "raw.orders"?');
  await project.write({ "models/shop/fresh.sql": "select 1 as one" });
  const fresh = await project.sluice(["suggest", "shop.fresh"]);
  expect(fresh).toMatchObject({ code: 64 });
  expect(fresh.stderr).toContain("sluice run --env dev --select shop.fresh");
});

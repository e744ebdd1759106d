/** Mistakes in a project, told all at once, each with its place and a way out. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

const mistakes = {
  "models/shop/yaml.sql":
    "/*---\nowner: finance\nchecks:\n  - row_count: { min: 1\ndescription: unclosed\n---*/\nselect 1 as one",
  "models/shop/setting.sql": "/*---\nowner: finance\ndescripton: with a letter less\n---*/\nselect 1 as one",
  "models/shop/syntax.sql": "-- half a query\nselect day,\nfrom raw.orders\nwhre amount > 1",
  "models/shop/column.sql": "select day, prodct\nfrom raw.orders",
  "models/shop/dataset.sql": "select * from raw.order",
  "models/shop/clock.sql": "select *, now() as seen_at from raw.orders",
  "models/shop/chance.sql": "select * from raw.orders order by random()",
  "models/shop/file.sql": "select * from read_csv('/etc/passwd')",
  "models/shop/two.sql": "select 1 as one; select 2 as two",
  "models/shop/statement.sql": "drop table raw.orders",
  "models/shop/nothing.sql": "-- to be written\n",
  "models/shop/clash.sql": "/*---\ncolumns:\n  day: { type: integer }\n---*/\nselect day from raw.orders",
  "models/shop/missing.sql":
    "/*---\ncolumns:\n  profit: { min: 0 }\n---*/\nselect day, amount from raw.orders",
  "models/shop/hen.sql": "select * from shop.egg",
  "models/shop/egg.sql": "select * from shop.chicken",
  "models/shop/chicken.sql": "select * from shop.hen",
  "models/shop/myself.sql": "select * from shop.myself",
  "models/shop/twice.sql": "select 1 as one",
  "models/shop/twice.ts":
    'import { model, sql } from "sluice";\nexport default model({ query: () => sql`select 1 as one` });\n',
  "models/shop/or'1'='1.sql": "select 1 as one",
  'models/shop/"; drop table orders; --.sql': "select 1 as one",
  "models/shop/a..b.sql": "select 1 as one",
  "models/shop/raw__quarantine.sql": "select 1 as one",
  "models/shop two/x.sql": "select 1 as one",
  "models/shop/deep/er.sql": "select 1 as one",
  "models/shop/thrower.ts": 'throw new Error("no such key: BANK_TOKEN");\n',
  "models/shop/typo.ts": 'import { modle } from "sluice";\nexport default modle({});\n',
  "models/shop/broken.ts": "export default {\n  kind: 'model'\n  columns: {}\n};\n",
  "models/shop/undefined.ts": "export const model = 1;\n",
  "models/shop/latin.sql": Buffer.from("select 'caf\xe9' as word", "latin1"),
  "models/shop/story.sql": "/*---\nstory: best-sellers\n---*/\nselect 1 as one",
  "consumers/nowhere.ts":
    'import { consumer } from "sluice";\nexport default consumer({ type: "dashboard", reads: ["shop.revenu"] });\n',
  "sources/raw/escape.ts":
    'import { files, source, t } from "sluice";\nexport default source({ from: files("../../etc/*"), columns: { id: t.integer() } });\n',
  "sources/raw/no_columns.ts":
    'import { files, source } from "sluice";\nexport default source({ from: files("x.csv"), columns: {} });\n',
  "sources/raw/proto.ts":
    'import { files, source, t } from "sluice";\nexport default source({ from: files("x.csv"), columns: { a: t.text(), __proto__: t.text() } });\n',
  "stories/bestsellers.md": "---\ntitle: [unclosed\n---\nText.\n",
};

/** What each mistake is called. */
const expected: Readonly<Record<keyof typeof mistakes, string>> = {
  "models/shop/yaml.sql": "yaml-syntax",
  "models/shop/setting.sql": "unknown-setting",
  "models/shop/syntax.sql": "sql-syntax",
  "models/shop/column.sql": "unknown-column",
  "models/shop/dataset.sql": "unknown-dataset",
  "models/shop/clock.sql": "not-hermetic",
  "models/shop/chance.sql": "not-hermetic",
  "models/shop/file.sql": "not-hermetic",
  "models/shop/two.sql": "sql-not-a-query",
  "models/shop/statement.sql": "sql-not-a-query",
  "models/shop/nothing.sql": "sql-empty",
  "models/shop/clash.sql": "type-clash",
  "models/shop/missing.sql": "unknown-column",
  "models/shop/hen.sql": "cycle",
  "models/shop/egg.sql": "cycle",
  "models/shop/chicken.sql": "cycle",
  "models/shop/myself.sql": "cycle",
  "models/shop/twice.sql": "duplicate-name",
  "models/shop/twice.ts": "duplicate-name",
  "models/shop/or'1'='1.sql": "bad-name",
  'models/shop/"; drop table orders; --.sql': "bad-name",
  "models/shop/a..b.sql": "bad-name",
  "models/shop/raw__quarantine.sql": "bad-name",
  "models/shop two/x.sql": "bad-name",
  "models/shop/deep/er.sql": "bad-name",
  "models/shop/thrower.ts": "file-load",
  "models/shop/typo.ts": "file-load",
  "models/shop/broken.ts": "file-load",
  "models/shop/undefined.ts": "no-definition",
  "models/shop/latin.sql": "file-encoding",
  "models/shop/story.sql": "unknown-story",
  "consumers/nowhere.ts": "unknown-dataset",
  "sources/raw/escape.ts": "bad-setting",
  "sources/raw/no_columns.ts": "bad-setting",
  "sources/raw/proto.ts": "bad-setting",
  "stories/bestsellers.md": "yaml-syntax",
};

interface Found {
  readonly code: string;
  readonly path: string;
  readonly severity: string;
  readonly line?: number;
  readonly column?: number;
}

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({ ...shop, ...mistakes });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("a project full of mistakes", () => {
  test("is told all of them at once", async () => {
    const { code, stdout } = await project.sluice(["check", "--json"]);
    expect(code).toBe(1);
    const document = JSON.parse(stdout) as {
      error?: { diagnostics: readonly Found[] };
      diagnostics?: readonly Found[];
    };
    const diagnostics = document.error?.diagnostics ?? document.diagnostics ?? [];
    const codes = new Map<string, Set<string>>();
    for (const { path, code: found } of diagnostics)
      codes.set(path, new Set([...(codes.get(path) ?? []), found]));
    // A circle is told once, at one of its datasets.
    const circle = ["models/shop/hen.sql", "models/shop/egg.sql", "models/shop/chicken.sql"];
    expect(circle.some((path) => codes.get(path)?.has("cycle"))).toBe(true);
    const twice = ["models/shop/twice.sql", "models/shop/twice.ts"];
    expect(twice.some((path) => codes.get(path)?.has("duplicate-name"))).toBe(true);
    for (const [path, expectedCode] of Object.entries(expected)) {
      if (circle.includes(path) || twice.includes(path)) continue;
      expect([...(codes.get(path) ?? [])], path).toContain(expectedCode);
    }
    for (const path of ["models/shop/revenue.sql", "sources/raw/orders.ts"])
      expect(codes.get(path)).toBeUndefined();
  });

  test("gets a code frame and a suggestion for each", async () => {
    const { code, stdout, stderr } = await project.sluice(["check"]);
    expect(code).toBe(1);
    const text = `${stdout}${stderr}`.replaceAll(project.root, "<project>");
    expect(text).toContain("models/shop/column.sql:1:13");
    expect(text).toMatch(/did you mean "?product/i);
    await expect(text).toMatchFileSnapshot("golden/bad-project.txt");
  });

  test("is not run, and not planned", async () => {
    for (const verb of ["run", "plan"]) {
      const { code, stderr } = await project.sluice([verb]);
      expect(code).toBe(1);
      expect(stderr).toContain("models/shop/syntax.sql");
    }
  });
});

describe("what is published", () => {
  test("stays readable while the project is broken", async () => {
    const broken = Object.fromEntries(Object.keys(mistakes).map((path) => [path, null]));
    await project.write(broken);
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    await project.write({ "models/shop/revenue.sql": "select", "sources/raw/orders.ts": "throw 1;" });
    expect(await project.sluice(["run"])).toMatchObject({ code: 1 });
    expect(await project.query("select count(*)::integer as n from shop.revenue")).toEqual([{ n: 1 }]);
    expect(await project.sluice(["rollback", "--to", "1"])).toMatchObject({ code: 64 });
    expect(await project.sluice(["releases"])).toMatchObject({ code: 0 });
  });

  test("is not readable through a configuration that is none", async () => {
    await project.write({ "sluice.config.ts": "export default 1;\n" });
    const { code, stderr } = await project.sluice(["query", "from raw.orders"]);
    expect(code).toBe(1);
    expect(stderr).toContain("sluice.config.ts");
  });
});

describe("a directory that is no project", () => {
  test("is told so, with the ways in", async () => {
    await using empty = await projectOnDisk({ "readme.txt": "nothing" });
    const { code, stdout, stderr } = await empty.sluice(["run"]);
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr.replaceAll(empty.root, "<directory>")).toMatchInlineSnapshot(`
      "error: there is no sluice.config.ts in "<directory>" or above it
      hint: go to your project, or make one here with: sluice init
      "
    `);
  });
});

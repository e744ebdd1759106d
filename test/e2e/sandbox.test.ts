/** SQL typed by people sees published datasets and nothing else. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

let project: ProjectOnDisk;
let secret: string;
beforeAll(async () => {
  project = await projectOnDisk(shop);
  secret = join(project.root, "secret.csv");
  await writeFile(secret, "word\nhunter2\n");
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

const forbidden: Readonly<Record<string, () => string>> = {
  "a file by name": () => "select * from '/etc/passwd'",
  "a file of the project": () => `from read_csv('${secret}')`,
  "a file as text": () => "select content from read_text('/etc/passwd')",
  "a list of files": () => "from glob('/etc/*')",
  "the files of the storage": () => "from read_parquet('.sluice/data/**/*.parquet')",
  "the state": () => "attach '.sluice/state.db' as state (type sqlite)",
  "a file inside a query": () =>
    "with x as (select * from read_csv_auto('/etc/passwd')) select count(*) from x",
  "copying out": () => "copy (select 1) to '/tmp/sluice-stolen.csv'",
  "copying in": () => `copy raw.orders from '${secret}'`,
  "attaching a database": () => "attach '/tmp/sluice-stolen.db' as stolen",
  exporting: () => "export database '/tmp/sluice-stolen'",
  "a setting": () => "set memory_limit = '100GB'",
  "a pragma": () => "pragma threads = 64",
  "switching the sandbox off": () => "set enable_external_access = true",
  "an extension": () => "install httpfs",
  "the network": () => "from read_csv('https://example.com/data.csv')",
  "changing data": () => "delete from raw.orders",
  "making a table": () => "create table mine as select 1",
  "two statements": () => "select 1; select 2",
  "the engine's settings": () =>
    "select value from duckdb_settings() where name = 'temp_directory'; drop table x",
  "an environment variable": () => "select getenv('HOME')",
};

describe("a query is refused when it asks for", () => {
  test.for(Object.keys(forbidden))("%s", async (what) => {
    const sql = forbidden[what]!();
    const { code, stdout, stderr } = await project.sluice(["query", sql]);
    expect(code, stdout).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain("bug in Sluice");
    expect(stderr).not.toContain("hunter2");
    expect(stderr).not.toContain("root:x");
  });
});

describe("a query that is wrong", () => {
  test("is told what is wrong, and what there is", async () => {
    const unknown = await project.sluice(["query", "select * from raw.order"]);
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain("raw.orders");
    const column = await project.sluice(["query", "--json", "select prodct from raw.orders"]);
    expect(column.code).toBe(1);
    expect(JSON.parse(column.stdout)).toMatchObject({
      error: { code: "bad-query", message: expect.stringContaining("prodct") as unknown },
    });
    const syntax = await project.sluice(["query", "selec 1"]);
    expect(syntax).toMatchObject({ code: 1, stdout: "" });
    expect(syntax.stderr).toMatch(/^error: .*selec/);
  });
});

describe("an answer", () => {
  test("can be a table, CSV, JSON or JSON lines, and loses no digits", async () => {
    const sql = `select 9007199254740993 as big, 0.1::decimal(5,3) as exact, null as nothing, 'a,"b"' as text, [1, 2] as list, date '2026-03-02' as day,
      {'a': 1} as object, true as yes`;
    const csv = await project.sluice(["query", "--format", "csv", sql]);
    expect(csv).toMatchObject({ code: 0, stderr: "" });
    const [header, row] = csv.stdout.split(/\r?\n/);
    expect(header).toBe("big,exact,nothing,text,list,day,object,yes");
    expect(row).toMatch(/^9007199254740993,0.100,,"a,""b""",/);
    const json = await project.sluice(["query", "--json", sql]);
    expect(json.stdout).toContain("9007199254740993");
    expect(JSON.parse(json.stdout)).toMatchObject([
      { nothing: null, text: 'a,"b"', list: [1, 2], day: "2026-03-02", object: { a: 1 }, yes: true },
    ]);
    const ndjson = await project.sluice([
      "query",
      "--format",
      "ndjson",
      "select id from raw.orders order by id limit 2",
    ]);
    expect(ndjson.stdout).toBe('{"id":1}\n{"id":2}\n');
    const table = await project.sluice(["query", "select id, product from raw.orders order by id limit 1"]);
    expect(table.stdout).toMatch(/id\s+product\s*\n\s*1\s+espresso/);
  });

  test("cannot write to the terminal what the terminal would obey", async () => {
    const { stdout } = await project.sluice(["query", "select chr(27) || '[2Jgone' as text"]);
    expect(stdout).toContain("gone");
    expect(stdout).not.toContain("\u001b");
  });

  test("is an empty array where there are no rows", async () => {
    const { stdout } = await project.sluice(["query", "--json", "from raw.orders where id < 0"]);
    expect(JSON.parse(stdout)).toEqual([]);
  });

  test("can be asked for on the standard input", async () => {
    const asked = await project.sluice(["query", "-", "--json"], {
      input: "-- how many?\nselect 1 as one;\n",
    });
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(asked.stdout)).toEqual([{ one: 1 }]);
  });
});

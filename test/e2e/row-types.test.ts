/** The generated types tell the truth about the rows that a model gets. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Ended, sluice } from "./command-line.ts";

const repository = join(import.meta.dirname, "../..");
/** As deep in the repository as the golden project, so that its settings lead to the package. */
const place = mkdtempSync(join(repository, "test/.types-"));
const root = join(place, "project");
afterAll(() => rmSync(place, { recursive: true, force: true }));
cpSync(join(repository, "test/golden/typed-project"), root, {
  recursive: true,
  filter: (path) => !path.endsWith("sluice-env.d.ts"),
});

const command = (...args: string[]): Promise<Ended> => sluice(args, { cwd: root });
const generated = (): string => readFileSync(join(root, "sluice-env.d.ts"), "utf8");

/** As it arrives: a value in every column, and nothing but what is required. */
const landing = `{"id":"1","author":"ada","body":"hello","kind":3,"input":1.5,"column":true,"then":"2026-01-02",\
"two words":"1.00","say \\"hi\\"":"2026-01-02T03:04:05.678901Z","network":"slack","stars":2,"größe":{"a":[1]}}
{"id":"2","body":"nothing else"}
`;

test("rows are what their types say, column by column", async () => {
  cpSync(join(repository, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "landing"));
  writeFileSync(join(root, "landing/a.ndjson"), landing);
  const ran = await command("run");
  expect(ran).toMatchObject({ code: 0 });
  const { stdout } = await command("query", "--json", "select name, row from community.shown");
  const shown = JSON.parse(stdout) as { name: string; row: string }[];
  expect(shown).toHaveLength(4);
  // Wherever the machine is: an instant is an instant.
  const moments = /"zoned": "(.*?)", "zoned_as_moment": "(.*?)"/.exec(shown.map(({ row }) => row).join());
  expect(moments?.slice(1)).toEqual(["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901Z"]);
  const lines = shown.map(
    ({ name, row }, index) => `export const row${index}: Datasets[${JSON.stringify(name)}] = ${row};`,
  );
  const text = `import type { Datasets } from "../sluice-env.d.ts";\n${lines.join("\n")}\n`;
  writeFileSync(join(root, "uses/truth.ts"), text);
  expect(tsc()).toBe("");
  // That compares something: a value of another type is an error.
  writeFileSync(join(root, "uses/truth.ts"), text.replace('"huge": "3"', '"huge": 3'));
  expect(tsc()).toContain("truth.ts");
  rmSync(join(root, "uses/truth.ts"));
});

function tsc(directory = root): string {
  try {
    return execFileSync(join(repository, "node_modules/.bin/tsc"), ["-p", directory], { encoding: "utf8" });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

test("tests of models are typed by them, whatever an input is called", () => {
  const right = `import { dataset, test } from "sluice";
export default [
  test({ model: "community.shown", given: { "raw.comments": [{ id: "1" }] }, expect: [{ name: "a" }] }),
  test({ model: dataset("community.shown"), given: { kinds: "a\\n1" }, steps: [{ expect: { sql: "select 1" } }] }),
];
`;
  const compiled = (text: string): string => {
    writeFileSync(join(root, "uses/tested.ts"), text);
    return tsc();
  };
  expect(compiled(right)).toBe("");
  expect(compiled(right.replace('id: "1"', 'idd: "1"'))).toContain("idd");
  expect(compiled(right.replace("name:", "nam:"))).toContain("nam");
  // Two datasets are called so behind their dots: it may be either.
  expect(compiled(right.replace('kinds: "a\\n1"', "comments: [{ stars: 2 }]"))).toBe("");
  rmSync(join(root, "uses/tested.ts"));
});

test("they are written by check and run, only where they differ", async () => {
  expect(generated()).toBe(
    readFileSync(join(repository, "test/golden/typed-project/sluice-env.d.ts"), "utf8"),
  );
  const written = statSync(join(root, "sluice-env.d.ts")).mtimeMs;
  expect(await command("check")).toMatchObject({ code: 0 });
  writeFileSync(join(root, "models/community/extra.sql"), "-- same rows\nselect 1 as one");
  expect(await command("check")).toMatchObject({ code: 0 });
  const again = statSync(join(root, "sluice-env.d.ts")).mtimeMs;
  expect(again).toBeGreaterThan(written);
  writeFileSync(join(root, "models/community/extra.sql"), "select 2 as one");
  expect(await command("check")).toMatchObject({ code: 0 });
  expect(statSync(join(root, "sluice-env.d.ts")).mtimeMs).toBe(again);
  rmSync(join(root, "models/community/extra.sql"));
});

test("a file that is gone or was edited is written again", async () => {
  expect(await command("check")).toMatchObject({ code: 0 });
  const text = generated();
  rmSync(join(root, "sluice-env.d.ts"));
  expect(await command("check")).toMatchObject({ code: 0 });
  expect(generated()).toBe(text);
  writeFileSync(join(root, "sluice-env.d.ts"), "export {};\n");
  expect(await command("check")).toMatchObject({ code: 0 });
  expect(generated()).toBe(text);
});

test("beside a mistake, the others keep their types, and its own rows may be anything", async () => {
  writeFileSync(join(root, "models/community/comments.sql"), "select boddy as body from raw.comments");
  expect(await command("check")).toMatchObject({ code: 1 });
  expect(generated()).toContain(`  "community.comments": {\n    [column: string]: any;\n  };\n`);
  expect(generated()).toContain("unsigned: number | null;");
});

test("a new project's compiler sees them without further settings", async () => {
  const fresh = join(place, "new");
  expect(await sluice(["init", "new", "--yes"], { cwd: place })).toMatchObject({ code: 0 });
  mkdirSync(join(fresh, "node_modules"));
  symlinkSync(repository, join(fresh, "node_modules/sluice"));
  expect(await sluice(["check"], { cwd: fresh })).toMatchObject({ code: 0 });
  expect(tsc(fresh)).toBe("");
  const model = (name: string, column: string): string => `import { dataset, model, sql } from "sluice";
export default model({
  inputs: { revenue: dataset("${name}") },
  query: ({ revenue }) => sql\`select \${revenue.${column}} as x from \${revenue}\`,
});
`;
  const compiled = (name: string, column: string): string => {
    writeFileSync(join(fresh, "models/shop/more.ts"), model(name, column));
    return tsc(fresh);
  };
  expect(compiled("shop.daily_revenue", "revenue")).toBe("");
  expect(compiled("shop.daily_revenues", "revenue")).toContain("more.ts(3,30)");
  expect(compiled("shop.daily_revenue", "revenu")).toContain("more.ts(4,48)");
});

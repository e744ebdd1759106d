/** What `npm pack` ships, installed where nothing else is, as somebody who found Sluice today would. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const execute = promisify(execFile);
const root = join(import.meta.dirname, "..");
/** Bytes that an installation without development dependencies may take. */
const sizeLimit = 130e6;

let directory: string;
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };

/** Run a program in the new directory and give what it printed. Errors: an exit code other than 0. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd: directory, env: { ...process.env, NO_COLOR: "1" } });
  return stdout;
}

const sluice = (...args: readonly string[]): Promise<string> => run("npx", "--no-install", "sluice", ...args);

async function bytesBelow(place: string): Promise<number> {
  const names = await readdir(place, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-package-"));
  const { stdout } = await execute("npm", ["pack", "--json", "--pack-destination", directory], { cwd: root });
  const result = (JSON.parse(stdout) as (typeof packed)[])[0];
  if (result === undefined) throw new Error(`npm pack said nothing of a package: ${stdout}`);
  packed = result;
  const tarball = join(directory, packed.filename);
  await run("npm", "install", "--no-audit", "--no-fund", tarball);
  await rm(tarball);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

test("the package has the program, its types, the example and its papers, and nothing else", () => {
  const paths = packed.files.map(({ path }) => path);
  for (const expected of [
    "bin/sluice.js",
    "dist/index.js",
    "dist/testing/index.js",
    "dist/cli/main.js",
    "dist/worker/main.js",
    "dist/types/index.d.ts",
    "dist/types/testing/index.d.ts",
    "dist/THIRD-PARTY-LICENSES.txt",
    "examples/community-comments/sluice.config.ts",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "package.json",
  ]) {
    expect(paths).toContain(expected);
  }
  const allowed =
    /^(bin|dist|examples\/community-comments)\/|^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
  expect(
    paths.filter(
      (path) => !allowed.test(path) || /(^|\/)(\.sluice|landing|node_modules)\/|\.test\.ts$/.test(path),
    ),
  ).toEqual([]);
});

test("an installation without development dependencies stays below 130 MB", async ({ annotate }) => {
  const bytes = await bytesBelow(join(directory, "node_modules"));
  await annotate(`${(bytes / 1e6).toFixed(1)} MB`);
  expect(bytes).toBeGreaterThan(1e6);
  expect(bytes).toBeLessThanOrEqual(sizeLimit);
});

test("init, check, run and query work in a new directory", async () => {
  await sluice("init", "--yes");
  await sluice("check");
  const summary = JSON.parse((await sluice("run", "--json")).trimEnd().split("\n").at(-1) ?? "") as {
    readonly release: number | null;
    readonly built: readonly string[];
    readonly failed: readonly string[];
    readonly held: readonly string[];
  };
  expect(summary).toMatchObject({ release: 1, failed: [], held: [] });
  expect(summary.built.length).toBeGreaterThan(1);
  for (const dataset of summary.built) {
    const rows = JSON.parse(await sluice("query", "--json", `select count(*) as n from ${dataset}`)) as {
      n: number;
    }[];
    expect(Number(rows[0]?.n), dataset).toBeGreaterThan(0);
  }
});

test("a second run builds and publishes nothing", async () => {
  const summary: unknown = JSON.parse((await sluice("run", "--json")).trimEnd().split("\n").at(-1) ?? "");
  expect(summary).toMatchObject({ release: null, current: 1, built: [], failed: [] });
});

test("the types of the package tell right from wrong", async () => {
  const definition = (column: string): string => `
    import { source, t, files, type Row } from "sluice";
    export const orders = source({ from: files("landing/*.csv"), columns: { id: t.integer().key(), note: t.text().nullable() } });
    export const row: Row<typeof orders> = { id: 1, ${column}: null };`;
  const tsc = (file: string): Promise<string> =>
    run(
      join(root, "node_modules", ".bin", "tsc"),
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--types",
      "",
      "--ignoreConfig",
      file,
    );
  await writeFile(join(directory, "right.ts"), definition("note"));
  await tsc("right.ts");
  await writeFile(join(directory, "wrong.ts"), definition("nota"));
  await expect(tsc("wrong.ts")).rejects.toMatchObject({ stdout: expect.stringContaining("nota") as unknown });
});

test("what only some projects need is asked for by name when a project needs it", async () => {
  const config = join(directory, "sluice.config.ts");
  const before = await readFile(config, "utf8");
  await writeFile(config, before.replace("project({", 'project({ storage: "s3://bucket/prefix",'));
  await expect(sluice("run")).rejects.toMatchObject({
    code: 78,
    stderr: expect.stringContaining("npm install @aws-sdk/client-s3") as unknown,
  });
  await writeFile(config, before);
});

test("the package depends on the engine alone", async () => {
  const manifest = JSON.parse(
    await readFile(join(directory, "node_modules", "sluice", "package.json"), "utf8"),
  ) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  expect(Object.keys(manifest.dependencies)).toEqual(["@duckdb/node-bindings"]);
});

/** The documentation says what is so: catalogues, links, paths and code are compared with the repository. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { diagnosticCatalogue, errorCatalogue, exitCode } from "../src/errors.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const documents = globSync(["*.md", "docs/**/*.md"], { cwd: root });

/** Cells of the table rows below a heading whose first cell is a code. */
function rowsBelow(heading: string, text: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^\| `?([\w-]+)`? \| (.+) \|$/gm)]
    .map(([, first = "", rest = ""]) => [first, ...rest.split(" | ")])
    .filter(([first]) => first !== "code");
}

test("docs/reference/errors.md lists every exit code, error and diagnostic, and no other", () => {
  const text = read("docs/reference/errors.md");
  expect(rowsBelow("Exit codes", text).map(([code]) => Number(code))).toEqual(
    Object.values(exitCode).toSorted((a, b) => a - b),
  );
  expect(rowsBelow("Errors", text).map(([code, exit, http]) => [code, Number(exit), Number(http)])).toEqual(
    Object.entries(errorCatalogue).map(([code, { exit, http }]) => [code, exit, http]),
  );
  expect(rowsBelow("Diagnostics", text)).toEqual(Object.entries(diagnosticCatalogue));
});

test("every error and diagnostic in the catalogue can happen", () => {
  const sources = globSync("src/**/*.ts", { cwd: root }).filter(
    (path) => !/\.test\.ts$|^src\/errors\.ts$/.test(path),
  );
  const text = sources.map(read).join("\n");
  const codes = [...Object.keys(errorCatalogue), ...Object.keys(diagnosticCatalogue)];
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test("links and paths in the documentation lead somewhere", () => {
  expect(documents.length).toBeGreaterThan(10);
  const dead = documents.flatMap((document) => {
    const text = read(document);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link = ""]) =>
      join(dirname(document), link),
    );
    const paths = [...text.matchAll(/`((?:src|test|docs|scripts|bin|examples|bench)\/[\w./-]*)`/g)].map(
      ([, path = ""]) => path,
    );
    return [...links, ...paths]
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document}: ${path}`);
  });
  expect(dead).toEqual([]);
});

test("README.md leads to every page for users", () => {
  const text = read("README.md");
  const pages = globSync("docs/{concepts,guides,reference}/*.md", { cwd: root });
  expect(pages.filter((page) => !text.includes(`](${page})`))).toEqual([]);
});

test("symbols that AGENTS.md sends readers to are where it says", () => {
  const rows = [...read("AGENTS.md").matchAll(/^\| .+ \| (.*`src\/[^`]+\.ts`.*) \|$/gm)].map(
    ([, cell = ""]) => cell,
  );
  const places = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)` in `(src\/[^`]+\.ts)`/g)]);
  expect(places.length).toBeGreaterThan(3);
  for (const [, symbol = "", path = ""] of places) {
    expect(read(path), `${symbol} in ${path}`).toMatch(
      new RegExp(`^export (async )?(function|const|interface) ${symbol}\\b`, "m"),
    );
  }
});

// In the repository, so that the definitions in it find the package "sluice".
const project = mkdtempSync(join(root, "node_modules", ".docs-"));
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

test("definitions in the guides compile", () => {
  const blocks = globSync("docs/guides/*.md", { cwd: root }).flatMap((guide) =>
    [...read(guide).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code),
  );
  expect(blocks.length).toBeGreaterThan(3);
  // The first source that says its columns is the one that the models import.
  const orders = blocks.find((code) => code.includes("files(") && code.includes("columns:")) ?? "";
  mkdirSync(join(project, "sources/raw"), { recursive: true });
  mkdirSync(join(project, "models/shop"), { recursive: true });
  writeFileSync(join(project, "sources/raw/orders.ts"), orders);
  for (const [index, code] of blocks.entries())
    writeFileSync(join(project, `models/shop/block-${index}.ts`), code);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: {
        paths: { sluice: ["../../src/index.ts"] },
        types: ["node"],
        typeRoots: ["../@types"],
      },
      include: ["sources", "models"],
      exclude: [],
    }),
  );
  const compile = (): string => {
    try {
      return execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8" });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  expect(compile()).toBe("");
  const reader = blocks.find((code) => code.includes("order.email")) ?? "";
  writeFileSync(join(project, "models/shop/wrong.ts"), reader.replace("order.email", "order.emial"));
  expect(compile()).toContain("emial");
});

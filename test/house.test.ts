/** The rules of the house, asserted from the code itself. Each rule is proven able to fail. */
import { globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { breaches, soundTree } from "./house/breaches.ts";
import type { RuleName } from "./house/breaches.ts";
import { codeRules } from "./house/code-rules.ts";
import { importRules } from "./house/import-rules.ts";
import type { Rule } from "./house/import-rules.ts";
import { readSource } from "./house/source-file.ts";
import type { SourceFile } from "./house/source-file.ts";

const root = join(import.meta.dirname, "..");
const rules: Readonly<Record<RuleName, Rule>> = { ...importRules, ...codeRules };

/** Every TypeScript file of ours, but the projects of golden tests, which break rules on purpose. */
function readHouse(): SourceFile[] {
  const skipped = /(^|\/)(node_modules|dist|\.sluice|landing)(\/|$)|^test\/golden\/[^/]+\//;
  return globSync("{src,console,scripts,test,bench,examples}/**/*.{ts,tsx}", { cwd: root })
    .map((path) => path.replaceAll(sep, "/"))
    .filter((path) => !skipped.test(path))
    .toSorted()
    .map((path) => readSource(path, readFileSync(join(root, path), "utf8")));
}

const house = readHouse();
const treeOf = (tree: Readonly<Record<string, string>>): SourceFile[] =>
  Object.entries(tree).map(([path, text]) => readSource(path, text));

describe("the house", () => {
  test("is there to be looked at", () => {
    expect(house.length).toBeGreaterThan(40);
    expect(house.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  test.each(Object.values(rules).map((rule) => [rule.rule, rule] as const))("%s", (_, { breaches: find }) => {
    expect(find(house)).toEqual([]);
  });

  test("a file is seldom longer than 300 lines: one in twenty at most", async ({ annotate }) => {
    const long = house
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 300);
    await annotate(
      long.map(({ path, lines }) => `${path} has ${lines} lines`).join(", ") || "no file is long",
    );
    expect(long.length).toBeLessThanOrEqual(house.length / 20);
  });
});

describe("a rule can fail", () => {
  const cases = Object.entries(breaches).flatMap(([name, trees]) =>
    trees.map(
      ([tree, breach]) => [rules[name as RuleName].rule, breach, rules[name as RuleName], tree] as const,
    ),
  );
  test.each(cases)("%s: %s", (_, breach, { breaches: find }, tree) => {
    const found = find(treeOf(tree));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(breach);
  });

  test.each(Object.values(rules).map((rule) => [rule.rule, rule] as const))(
    "nothing sound breaks it: %s",
    (_, { breaches: find }) => {
      expect(find(treeOf(soundTree))).toEqual([]);
    },
  );
});

/** The catalogue is one: what can be written, what TypeScript has, and what the guide says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkSchemas } from "../../src/compile/check-schemas.ts";
import { ourName } from "../../src/compile/foreign-checks.ts";
import { camelCase } from "../../src/compile/settings.ts";
import { check } from "../../src/define/check.ts";

const kinds = Object.keys(checkSchemas);
const guide = readFileSync(new URL("../../docs/guides/checks.md", import.meta.url), "utf8");

test("every kind has its function, and every function its kind", () => {
  expect(Object.keys(check).toSorted()).toEqual(kinds.map(camelCase).toSorted());
});

test.each(kinds)("the guide has %s in both spellings", (kind) => {
  expect(guide).toContain(`\`check.${camelCase(kind)}(`);
  expect(guide).toMatch(new RegExp(`(\\||YAML) \`${kind}:`));
});

test.each([
  ["not_null", "null_values"],
  ["dbt_expectations.expect_column_values_to_not_be_null", "null_values"],
  ["ExpectColumnValuesToBeUnique", "duplicate_values"],
  ["missing_percent", "missing_values"],
  ["isComplete", "null_values"],
  ["relationships", "referential_integrity"],
])("%s is called %s here", (written, ours) => {
  expect(ourName(written)).toBe(`here it is called "${ours}"`);
});

test("no name of another tool is one of ours", () => {
  expect(kinds.filter((kind) => ourName(kind) !== undefined)).toEqual([]);
});

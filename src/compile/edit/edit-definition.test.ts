import { expect, test } from "vitest";
import type { Addition } from "./addition.ts";
import { editDefinition, writtenOut } from "./edit-definition.ts";
import { readSqlHeader } from "../header.ts";

const required = (column: string): Addition => ({ column, type: "text", rule: { nullable: false } });
const key = (column: string): Addition => ({ column, type: "integer", rule: { key: true } });
const values = (column: string, ...listed: string[]): Addition => ({
  check: { check: "invalid_values", column, values: listed, severity: "warn" },
});

const sql = (text: string, ...additions: Addition[]): string => {
  const { text: edited, left } = editDefinition({ kind: "sql", path: "models/a/b.sql", text }, additions);
  expect(left).toEqual([]);
  return edited;
};

const module = (text: string, ...additions: Addition[]): string => {
  const { text: edited, left } = editDefinition({ kind: "module", path: "sources/a/b.ts", text }, additions);
  expect(left).toEqual([]);
  return edited;
};

test("a model without a header gets one; its text stays", () => {
  const text = "-- first\nselect 1 as id";
  expect(sql(text, key("id"), values("odd: {name}", "no", "it's"))).toBe(`/*---
columns:
  id: { key: true }
checks:
  - invalid_values: { column: "odd: {name}", values: ["no", "it's"], severity: warn }
---*/
${text}`);
});

test("settings in any style take one more", () => {
  const text = `/*---
  owner: me # and nobody else
  columns:
    plain:
    empty: {}
    "quo\\"ted": { min: 1 }
    short: decimal(9, 2) # money
    long:
      # what it is
      description: |
        two
        lines
---*/
select 1`;
  const edited = sql(
    text,
    ...["plain", "empty", 'quo"ted', "short", "long", "new"].map(required),
    values("plain", "a"),
  );
  const { settings, diagnostics } = readSqlHeader("models/a/b.sql", edited);
  expect(diagnostics).toEqual([]);
  expect(settings.value).toEqual({
    owner: "me",
    columns: {
      plain: { nullable: false },
      empty: { nullable: false },
      'quo"ted': { min: 1, nullable: false },
      short: { type: "decimal(9, 2)", nullable: false },
      long: { description: "two\nlines\n", nullable: false },
      new: { nullable: false },
    },
    checks: [{ invalid_values: { column: "plain", values: ["a"], severity: "warn" } }],
  });
  expect(edited).toContain("owner: me # and nobody else");
  expect(edited).toContain("# money");
  expect(edited).toContain("# what it is");
});

test("text from data cannot end the header, or the query's comment", () => {
  const edited = sql("select 1 as a", values("a", "---*/ drop", '"\\', "a\nb", "yes", "12"));
  const { settings, bodyStart } = readSqlHeader("models/a/b.sql", edited);
  expect(edited.slice(bodyStart)).toBe("\nselect 1 as a");
  expect(settings.value["checks"]).toEqual([
    {
      invalid_values: { column: "a", values: ["---*/ drop", '"\\', "a\nb", "yes", "12"], severity: "warn" },
    },
  ]);
});

test("what cannot be written in its place is left, and the file as it was", () => {
  for (const text of [
    "/*---\ncolumns: { a: {} }\n---*/\nselect 1",
    "/*---\nanchors: &a {}\ncolumns:\n  a: *a\n---*/\nselect 1",
    "/*---\ncolumns:\n  a: { nullable: true }\n---*/\nselect 1",
    "/*---\ncolumns:\n  a: { nullable: true }\nselect 1",
  ]) {
    const additions = [required("a")];
    expect(editDefinition({ kind: "sql", path: "models/a/b.sql", text }, additions)).toEqual({
      text,
      left: additions,
    });
  }
  for (const text of [
    "const settings = { columns: {} };\nexport default source(settings);",
    "export default source({ columns: shared });",
    "export default source({ columns: { ...shared, b: t.text() } });",
    "export default source({ columns: { id: wide ? t.text() : t.integer() } });",
    "export default source({ columns: { id } });\nconst text = `",
    "export default source({ columns });",
  ]) {
    const additions = [key("id")];
    const edited = editDefinition({ kind: "module", path: "sources/a/b.ts", text }, additions);
    expect(edited, text).toEqual({ text, left: additions });
  }
});

test("a definition in TypeScript is changed where its column is, whatever stands around", () => {
  const text = `import { files, source, t } from 'sluice';
// columns: { id: nothing }
export default source({
  description: "columns: { id: t.text() }",
  from: files("landing/*.csv"),
  columns: {
    "odd, name": t.text().pattern(/[^/(]{2}\\/"/).nullable(), // id: no
    id: t
      .integer() /* .text() */
      .from("ID", 'key}'),
    last: shared.money(2)
  }, // all of them
});
`;
  const edited = module(
    text,
    key("id"),
    { ...key("odd, name"), rule: { unique: true } },
    values("last", "`", "*/"),
  );
  expect(edited).toContain(".from(\"ID\", 'key}').key(),");
  expect(edited).toContain(".nullable().unique(), // id: no");
  expect(edited).toContain(`  }, // all of them
  checks: [
    check.invalidValues("last", { values: ["\`", "*/"] }, { severity: "warn" }),
  ],
});`);
  expect(edited).toContain("import { check, files, source, t } from 'sluice';");
  const again = module(edited, { check: { check: "row_count", min: 1 } });
  expect(again).toContain(`{ severity: "warn" }),\n    check.rowCount({ min: 1 }),\n  ],`);
  expect(
    module('import { check, t } from "sluice";\nexport default source({ checks: [] });', {
      check: { check: "row_count", min: 1 },
    }),
  ).toContain("checks: [check.rowCount({ min: 1 })");
});

test("checks that come from elsewhere are not doubled", () => {
  for (const checks of ["checks", "checks: shared", "checks: [a].concat(shared)"]) {
    const text = `import { t } from "sluice";\nexport default source({ columns: {}, ${checks} });`;
    const additions: Addition[] = [{ check: { check: "row_count", min: 1 } }];
    const edited = editDefinition({ kind: "module", path: "a.ts", text }, additions);
    expect(edited).toEqual({ text, left: additions });
  }
});

test("an import that means something else by the name is not touched", () => {
  const text = `import { check as other, t } from "sluice";\nexport default source({ columns: {} });`;
  const additions: Addition[] = [{ check: { check: "row_count", min: 1 } }];
  expect(editDefinition({ kind: "module", path: "a.ts", text }, additions)).toEqual({
    text,
    left: additions,
  });
  expect(additions.map((one) => writtenOut("module", one))).toEqual(["check.rowCount({ min: 1 })"]);
  expect(writtenOut("sql", key("id"))).toBe("id: { key: true }");
});

import { describe, expect, test } from "vitest";
import { placeInTemplate } from "../compile/template-place.ts";
import { reference, sql } from "../define/sql.ts";
import { TemplateError, renderQuery } from "./render-query.ts";

type References = Record<string, Record<string, unknown>>;

const render = (
  query: (inputs: References) => unknown,
  inputs: Record<string, string> = { c: "raw.comments" },
): string => renderQuery(query, inputs, named).sql;

const definition = { kind: "source" };
const named = new Map<unknown, string>([[definition, "raw.members"]]);

describe("renderQuery", () => {
  test.each<[string, (inputs: References) => unknown, string]>([
    ["a dataset", ({ c }) => sql`from ${c}`, 'from "raw"."comments"'],
    ["a column", ({ c }) => sql`select ${c?.["body"]}`, 'select "comments"."body"'],
    [
      "a column of any name",
      ({ c }) => sql`select ${c?.["kind"]}, ${c?.["input"]}, ${c?.["then"]}, ${c?.['a"b']}`,
      'select "comments"."kind", "comments"."input", "comments"."then", "comments"."a""b"',
    ],
    ["an imported definition", () => sql`from ${definition}`, 'from "raw"."members"'],
    ["text", () => sql`select ${"it's; drop table x --"}`, "select 'it''s; drop table x --'"],
    ["numbers", () => sql`select ${1}, ${-2.5}, ${10n}, ${1e21}`, "select 1, -2.5, 10, 1e+21"],
    ["truth and nothing", () => sql`select ${true}, ${false}, ${null}`, "select TRUE, FALSE, NULL"],
    [
      "a template in a template",
      ({ c }) => sql`select ${sql`lower(${c?.["body"]})`} as b`,
      'select lower("comments"."body") as b',
    ],
  ])("writes %s", (_, query, expected) => {
    expect(render(query)).toBe(expected);
  });

  test("names the schema where two inputs have one name", () => {
    const inputs = { a: "raw.comments", b: "community.comments", c: "raw.members" };
    expect(render(({ a, b, c }) => sql`${a?.["x"]} ${b?.["x"]} ${c?.["x"]}`, inputs)).toBe(
      '"raw"."comments"."x" "community"."comments"."x" "members"."x"',
    );
  });

  test.each<[string, (inputs: References) => unknown]>([
    ["a list", () => sql`${[1]}`],
    ["undefined", () => sql`${undefined}`],
    ["NaN", () => sql`${Number.NaN}`],
    ["a function", () => sql`${() => 1}`],
    ["an object", () => sql`${{}}`],
    ["a column's contract", () => sql`${{ kind: "column" }}`],
    ["text with a NUL", () => sql`${"a\0b"}`],
    ["something that is no template", () => "select 1"],
    ["a column in plain text", ({ c }) => sql`select ${`lower(${String(c?.["body"])})`}`],
    ["a dataset in plain text", ({ c }) => sql`${`from ${c as unknown as string}`}`],
    ["a column of another model", () => sql`select ${{ [reference]: { input: "b", column: "body" } }}`],
    ["a promise", () => Promise.resolve(sql`select 1`)],
    ["templates without end", () => endless()],
  ])("refuses %s", (_, query) => {
    expect(() => render(query)).toThrow(TemplateError);
  });
});

function endless(): unknown {
  const text = { kind: "sql", strings: ["", ""], values: [] as unknown[] };
  text.values.push(text);
  return text;
}

describe("placeInTemplate", () => {
  const text =
    "query: ({ c }) => sql`\n  select ${c.body}, ${inner}\n  from ${c}`;\nconst inner = sql`lower(${'x'})`;\n";
  const inner = sql`lower(${"x"})`;
  const rendered = renderQuery(
    ({ c }: References) => sql`\n  select ${c?.["body"]}, ${inner}\n  from ${c}`,
    { c: "raw.comments" },
    named,
  );
  const marked = (part: string): string => {
    const place = placeInTemplate(text, rendered.templates, rendered.sql.indexOf(part), part.length);
    if (place === undefined) return "nowhere";
    const line = text.split("\n")[place.line - 1] ?? "";
    return line.slice(place.column - 1, place.column - 1 + (place.length ?? 0));
  };

  test.each([
    ["select", "select"],
    ['"comments"."body"', "c.body"],
    ["lower", "lower"],
    ["'x'", "'x'"],
    ["from", "from"],
    ['"raw"', "c"],
  ])("%s stands at %s", (part, expected) => {
    expect(marked(part)).toBe(expected);
  });

  test("what is written elsewhere has no place here", () => {
    expect(placeInTemplate("nothing of it", rendered.templates, 3, 1)).toBeUndefined();
    expect(placeInTemplate(text, rendered.templates, undefined, undefined)).toBeUndefined();
  });
});

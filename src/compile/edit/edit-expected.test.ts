import { expect, test } from "vitest";
import { parse } from "yaml";
import { editExpected } from "./edit-expected.ts";

const text = `# Ours.
first one:
  model: a.b # the model
  expect:
    - { id: 1, name: old } # was so
    - id: 2
      name: older
  given: {}
"it's: second":
  expect: [{ id: 1 }]   # on one line
third:
  steps:
    - given: {}
      expect: |
        id
        1
    - expect: { sql: select 1 }
  exact: true
`;
const columns = [
  { name: "id", engineType: "BIGINT" },
  { name: "odd: name", engineType: "VARCHAR" },
  { name: "day", engineType: "DATE" },
  { name: "amount", engineType: "DECIMAL(8,2)" },
];
const rows = [
  ["1", 'it\'s "odd"\n- x: # \u{1F40E}', "2026-03-01", "2.50"],
  ["2", null, null, "-0.10"],
] as const;
const wanted = [
  { id: 1, "odd: name": 'it\'s "odd"\n- x: # \u{1F40E}', day: "2026-03-01", amount: 2.5 },
  { id: 2, "odd: name": null, day: null, amount: -0.1 },
];

test.each([[["first one", "expect"]], [["it's: second", "expect"]], [["third", "steps", 0, "expect"]]])(
  "rows at %j are others, and nothing else is",
  (path) => {
    const edited = editExpected(text, path, { columns, rows }) ?? "";
    const [before, after] = [parse(text), parse(edited)] as [object, object];
    const at = (value: unknown): unknown =>
      path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
    expect(at(after)).toEqual(wanted);
    const put = (value: unknown, steps: readonly (string | number)[]): unknown => {
      const [step = "", ...rest] = steps;
      const copy = structuredClone(value) as Record<string | number, unknown>;
      copy[step] = rest.length === 0 ? wanted : put(copy[step], rest);
      return copy;
    };
    expect(after).toEqual(put(before, path));
    for (const comment of ["# Ours.", "# the model"]) expect(edited).toContain(comment);
    expect(parse(editExpected(edited, path, { columns, rows }) ?? "")).toEqual(after);
    expect(at(parse(editExpected(text, path, { columns, rows: [] }) ?? ""))).toEqual([]);
  },
);

test("a query, and what others refer to, are left to people", () => {
  expect(editExpected(text, ["third", "steps", 1, "expect"], { columns, rows })).toBeUndefined();
  expect(
    editExpected("a:\n  expect: &x []\nb:\n  expect: *x\n", ["b", "expect"], { columns, rows }),
  ).toBeUndefined();
  expect(editExpected("a: { expect: [] }\n", ["a", "expect"], { columns, rows })).toBeUndefined();
});

import { expect, test } from "vitest";
import { compareRows } from "./compare-rows.ts";

const columns = [
  { name: "id", engineType: "BIGINT" },
  { name: "share", engineType: "DOUBLE" },
  { name: "more", engineType: "JSON" },
];
const way = { ordered: false, key: [] };

test("rows are a multiset: how often each comes counts, their order does not", () => {
  const [a, b] = [
    ["1", "0.5", null],
    ["2", null, '{"a": 1}'],
  ] as const;
  expect(compareRows(columns, [a, b, b], [b, a, b], way)).toBeUndefined();
  expect(compareRows(columns, [a, b, b], [b, a, a], way)).toMatchObject({
    missing: [b],
    unexpected: [a],
  });
  expect(compareRows(columns, [a, b], [b, a], { ...way, ordered: true })).toMatchObject({
    misplaced: { at: 0, expected: a, actual: b },
  });
});

test("the last digits of floating point and the spaces of JSON say nothing; null is no value", () => {
  const sum = [["1", "0.30000000000000004", '{ "a": [1] }']];
  expect(compareRows(columns, [["1", "0.3", '{"a":[1]}']], sum, way)).toBeUndefined();
  expect(compareRows(columns, [["1", "0.3001", '{"a":[1]}']], sum, way)).toMatchObject({ changed: [{}] });
  expect(compareRows(columns, [["1", null, null]], [["1", "0", null]], way)).toMatchObject({ changed: [{}] });
});

test("rows of one key are shown side by side, however little else they share", () => {
  const expected = [["1", "1", null]];
  const actual = [["1", "2", "{}"]];
  expect(compareRows(columns, expected, actual, { ordered: false, key: ["id"] })).toMatchObject({
    changed: [{ expected: expected[0], actual: actual[0] }],
    missing: [],
    unexpected: [],
  });
  expect(compareRows(columns, expected, actual, way)).toMatchObject({
    changed: [],
    missing: expected,
    unexpected: actual,
  });
});

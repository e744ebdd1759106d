import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Positions } from "./positions.ts";
import { findParameter, scanSql, trimQuery } from "./scan-sql.ts";

const words = (sql: string): string[] => [...scanSql(sql)].map((token) => sql.slice(token.start, token.end));

describe("scanSql", () => {
  test.each([
    ["select a.b", ["select", "a", ".", "b"]],
    ["'it''s' -- no\n x", ["'it''s'", "x"]],
    ['"a "" b"', ['"a "" b"']],
    ["/* a /* b */ c */ d", ["d"]],
    ["$tag$ ' ; $tag$ ;", ["$tag$ ' ; $tag$", ";"]],
    ["e'\\'' x", ["e'\\''", "x"]],
    ["$run_time+1", ["$run_time", "+", "1"]],
    ["'open ; end", ["'", "open", ";", "end"]],
    ["größe 🎉", ["größe", "🎉"]],
  ])("%s", (sql, expected) => {
    expect(words(sql)).toEqual(expected);
  });

  test("covers any text from left to right and ends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (sql) => {
        let last = 0;
        for (const { start, end } of scanSql(sql)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(sql.length);
      }),
    );
  });
});

test.each([
  ["select 1;", "select 1"],
  ["select 1 ; ; -- end\n", "select 1"],
  ["select ';' /* ; */", "select ';'"],
  ["-- first\nselect 1", "-- first\nselect 1"],
  [" ; ", ""],
])("trims %j", (sql, expected) => {
  expect(trimQuery(sql)).toBe(expected);
});

test("finds a parameter where it is one", () => {
  const sql = "select '$run_time', /* $run_time */ $run_time";
  expect(findParameter(sql, "run_time")?.start).toBe(sql.lastIndexOf("$run_time"));
  expect(findParameter(sql, "run_date")).toBeUndefined();
});

test("byte offsets become character offsets", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
      const bytes = new TextEncoder().encode(before).length;
      expect(new Positions(before + after).at(bytes)).toBe(before.length);
    }),
  );
  expect(new Positions("abc").at("18446744073709551615")).toBeUndefined();
  expect(new Positions("abc").at(4)).toBeUndefined();
});

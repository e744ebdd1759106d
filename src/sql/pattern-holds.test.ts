import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { globOf, patternHolds } from "./pattern-holds.ts";
import { quoteText } from "./quote.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

test.each([
  [String.raw`\+[0-9]{11}`, `+${"[0-9]".repeat(11)}`],
  ["SKU-[0-9]{2}", "SKU-[0-9][0-9]"],
  ["^[A-Z]{2}$", "[A-Z][A-Z]"],
  [String.raw`\d{2}\.\d`, "[0-9][0-9].[0-9]"],
  ["[A-Za-z_0-9]x{3}", "[A-Za-z_0-9]xxx"],
  ["a{2}'b", "aa'b"],
])("%s is the glob %s", (pattern, glob) => {
  expect(globOf(pattern)).toBe(glob);
});

test.each([
  "",
  "^",
  "$",
  "[a-z]+",
  "a?",
  "a*b",
  "a{2,3}",
  "a{2}+",
  "a|b",
  "(ab)",
  "(?i)ab",
  "[^a]",
  "[z-a]",
  "[a-c-e]",
  String.raw`[\d]`,
  String.raw`\w`,
  String.raw`\D`,
  "a.b",
  "a$b",
  "a^",
  "[ä]",
  "ä",
  "a]",
  "[[:alpha:]]",
  "x{99}".repeat(5),
])("%s stays a pattern", (pattern) => {
  expect(globOf(pattern)).toBeUndefined();
});

const parts = [
  "a",
  "Z",
  "0",
  "-",
  "[a-c]",
  "[0-9A]",
  "[_ z]",
  String.raw`\d`,
  String.raw`\.`,
  String.raw`\+`,
];
const pattern = fc
  .array(fc.tuple(fc.constantFrom(...parts), fc.constantFrom("", "{1}", "{2}")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((all) => all.map(([part, times]) => part + times).join(""));
const letter = fc.constantFrom("a", "b", "Z", "A", "0", "9", "-", ".", "+", "_", " ", "z", "ä", "\n", "]");
const text = fc.array(letter, { maxLength: 6 }).map((all) => all.join(""));

test("says the same as the pattern, of any text", async () => {
  await fc.assert(
    fc.asyncProperty(pattern, fc.array(text, { minLength: 20, maxLength: 20 }), async (some, texts) => {
      expect(globOf(some)).toBeDefined();
      const list = [...texts, ...texts.map((one) => one.slice(0, 2))].map(quoteText).join(", ");
      const reader = await connection.runAndReadAll(
        `select v from unnest([${list}, null]) as t(v)
        where ${patternHolds("v", some)} is distinct from regexp_full_match(v, ${quoteText(some)})`,
      );
      expect(reader.getRows()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

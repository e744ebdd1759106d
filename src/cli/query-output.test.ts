import { expect, test } from "vitest";
import type { QueryResult } from "../engine/engine.ts";
import { type QueryFormat, writeResult } from "./query-output.ts";
import { type Output, plainStyle } from "./shell.ts";

const columns = [
  { name: "id", engineType: "BIGINT" },
  { name: "body", engineType: "VARCHAR" },
  { name: "price", engineType: "DECIMAL(18,2)" },
  { name: "at", engineType: "TIMESTAMP" },
  { name: "score", engineType: "DOUBLE" },
];

const rows: readonly (readonly unknown[])[] = [
  [1, 'say "hi",\nthen go', "12.50", "2026-03-01T10:00:00.500Z", [0.5]],
  [9_007_199_254_740_993n, "", "0.10", "2026-03-01T10:00:00.000Z", NaN],
  [null, null, null, null, null],
];

function result(chunks: readonly (readonly (readonly unknown[])[])[]): QueryResult {
  async function* stream() {
    yield* chunks;
  }
  return { columns, rows: stream() };
}

async function print(
  format: QueryFormat,
  limit?: number,
  chunks = [rows.slice(0, 2), rows.slice(2)],
  width = Infinity,
) {
  let text = "";
  const out: Output = {
    write: (chunk) => {
      text += chunk;
      return Promise.resolve();
    },
    isTerminal: false,
    width: () => width,
    height: () => Infinity,
    style: plainStyle,
  };
  const written = await writeResult(out, result(chunks), format, limit);
  return { text, written };
}

test("JSON is an array of row objects in which nothing loses digits", async () => {
  const { text, written } = await print("json");
  expect(written).toBe(3);
  expect(JSON.parse(text)).toEqual([
    { id: 1, body: 'say "hi",\nthen go', price: "12.50", at: "2026-03-01T10:00:00.500Z", score: [0.5] },
    { id: "9007199254740993", body: "", price: "0.10", at: "2026-03-01T10:00:00.000Z", score: "NaN" },
    { id: null, body: null, price: null, at: null, score: null },
  ]);
  expect(JSON.parse((await print("json", undefined, [])).text)).toEqual([]);
});

test("NDJSON has a row a line and takes a limit", async () => {
  const { text } = await print("ndjson", 2);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: unknown }).id),
  ).toEqual([1, "9007199254740993"]);
});

test("CSV tells an empty text from nothing and quotes what would break it", async () => {
  expect((await print("csv")).text).toBe(`\
id,body,price,at,score
1,"say ""hi"",
then go",12.50,2026-03-01T10:00:00.500Z,[0.5]
9007199254740993,"",0.10,2026-03-01T10:00:00.000Z,NaN
,,,,
`);
});

test("a table keeps each row on one line and counts what it leaves out", async () => {
  expect((await print("table", 1)).text).toBe(`\
id  body                price  at                        score
 1  say "hi",\\nthen go  12.50  2026-03-01T10:00:00.500Z  [0.5]
… 2 more; --limit shows them
`);
  expect((await print("table", undefined, [])).text).toContain("(no rows)");
});

test("columns of one name stay apart", async () => {
  const twice = [
    { name: "a", engineType: "INTEGER" },
    { name: "a", engineType: "INTEGER" },
  ];
  let text = "";
  const out = {
    write: (chunk: string) => {
      text += chunk;
      return Promise.resolve();
    },
  } as unknown as Output;
  async function* stream() {
    yield [[1, 2]];
  }
  await writeResult(out, { columns: twice, rows: stream() }, "json", undefined);
  expect(JSON.parse(text)).toEqual([{ a: 1, a_2: 2 }]);
});

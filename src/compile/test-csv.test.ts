import { expect, test } from "vitest";
import { parseCsv } from "./test-csv.ts";

const cells = (text: string) => parseCsv(text).map((record) => record.cells);

test("values are text, nothing is null, quotes hold commas, lines and quotes", () => {
  expect(cells('a,b\r\n1,\n"",2\n\n"x, ""y""\nz",')).toEqual([
    ["a", "b"],
    ["1", null],
    ["", "2"],
    ['x, "y"\nz', null],
  ]);
  expect(parseCsv('a\n"1\n2"\n3').map(({ line }) => line)).toEqual([1, 2, 4]);
});

test("whatever the text is, it comes to an end", () => {
  for (const text of ["", "\n\n", '"open', 'a"b,c\n1', 'x,"y"z\n2,3', ",", '""', "\r"]) {
    expect(parseCsv(text).length).toBeLessThan(4);
  }
  expect(cells('x,"y"z\n2,3').at(-1)).toEqual(["2", "3"]);
});

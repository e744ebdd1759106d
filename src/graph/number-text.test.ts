import fc from "fast-check";
import { expect, test } from "vitest";
import { numberText } from "./number-text.ts";

test("digits are in groups of three", () => {
  expect([0, -7, 999, 1000, -12_345, 1_234_567].map((value) => numberText(value))).toEqual([
    "0",
    "-7",
    "999",
    "1,000",
    "-12,345",
    "1,234,567",
  ]);
});

test("no more digits than are asked for", () => {
  expect(numberText(1234.567_89, 6)).toBe("1,234.57");
  expect(numberText(0.1 + 0.2, 12)).toBe("0.3");
  expect(numberText(1e-9, 6)).toBe("0.000000001");
});

test("it says what the formatter of the language says", () => {
  const formatter = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      // Nobody says minus nothing.
      expect(numberText(value, 6)).toBe(formatter.format(value).replace(/^-0$/, "0"));
    }),
  );
});

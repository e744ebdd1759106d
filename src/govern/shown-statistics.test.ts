import { expect, test } from "vitest";
import { shownStatistics } from "./shown-statistics.ts";

test("limits of personal data are nobody's to see, counts are", () => {
  const known = (name: string) => ({ name, engineType: "VARCHAR", nulls: 2, min: "a", max: "z" });
  const statistics = ["mail", "n"].map(known);
  expect(shownStatistics(statistics, new Set(["mail"]))).toEqual([
    { name: "mail", engineType: "VARCHAR", nulls: 2 },
    known("n"),
  ]);
  expect(shownStatistics(statistics)).toEqual(statistics);
});

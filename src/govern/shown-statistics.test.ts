import { expect, test } from "vitest";
import type { GraphColumn } from "../graph/graph.ts";
import { shownStatistics } from "./shown-statistics.ts";

test("limits of personal data are nobody's to see, counts are", () => {
  const tagged = (name: string, ...tags: string[]): GraphColumn => ({
    name,
    engineType: "VARCHAR",
    declared: { type: "text", nullable: true, key: false, unique: false, tags },
  });
  const known = (name: string) => ({ name, engineType: "VARCHAR", nulls: 2, min: "a", max: "z" });
  const columns = [
    tagged("mail", "pii.email"),
    tagged("pile", "piiless"),
    { name: "n", engineType: "VARCHAR" },
  ];
  expect(shownStatistics(["mail", "pile", "n"].map(known), columns)).toEqual([
    { name: "mail", engineType: "VARCHAR", nulls: 2 },
    known("pile"),
    known("n"),
  ]);
});

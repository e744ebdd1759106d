import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["boddy", ["body", "posted_at"], "body"],
  ["raw.coments", ["raw.comments", "raw.members"], "raw.comments"],
  ["AUTHOR", ["author"], "author"],
  ["auhtor", ["author"], "author"],
  ["id", ["if", "body"], "if"],
  ["x", ["body", "author"], undefined],
  ["entirely_other", ["id", "body"], undefined],
  ["anything", [], undefined],
])("%s among %j is %s", (name, candidates, nearest) => {
  expect(nearestName(name, candidates)).toBe(nearest);
});

import { expect, test } from "vitest";
import { isReordered, schemaChanges } from "./schema-changes.ts";

const columns = (text: string) =>
  text
    .split(" ")
    .map((part) => ({ name: part.split(":")[0] ?? "", engineType: part.split(":")[1] ?? "BIGINT" }));

test("columns are added, removed and retyped; nothing else is a change of the schema", () => {
  expect(schemaChanges(columns("a b:DATE c"), columns("d a b:VARCHAR"))).toEqual([
    { change: "added", column: "d", type: "BIGINT" },
    { change: "retyped", column: "b", from: "DATE", to: "VARCHAR" },
    { change: "removed", column: "c", type: "BIGINT" },
  ]);
  expect(schemaChanges(columns("a b"), columns("b a"))).toEqual([]);
});

test("the order counts among those that both have", () => {
  expect(isReordered(columns("a b c"), columns("b a"))).toBe(true);
  expect(isReordered(columns("a x b"), columns("y a b z"))).toBe(false);
});

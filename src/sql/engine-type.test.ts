import { expect, test } from "vitest";
import { engineTypeOf, fits, logicalTypeOf, storedType } from "./engine-type.ts";

test.each([
  ["BIGINT", { type: "integer" }, true],
  ["UTINYINT", { type: "integer" }, true],
  ["DECIMAL(38,0)", { type: "integer" }, true],
  ["DECIMAL(10,2)", { type: "integer" }, false],
  ["DOUBLE", { type: "integer" }, false],
  ["FLOAT", { type: "number" }, true],
  ["DECIMAL(10,2)", { type: "number" }, true],
  ["INTEGER", { type: "decimal", precision: 5, scale: 1 }, true],
  ["DECIMAL(38,2)", { type: "decimal", precision: 18, scale: 2 }, true],
  ["DECIMAL(10,3)", { type: "decimal", precision: 18, scale: 2 }, false],
  ["DOUBLE", { type: "decimal", precision: 18, scale: 2 }, false],
  ["TIMESTAMP WITH TIME ZONE", { type: "timestamp" }, true],
  ["TIMESTAMP_NS", { type: "timestamp" }, false],
  ["DATE", { type: "timestamp" }, false],
  ["TIMESTAMP", { type: "date" }, false],
  ["UUID", { type: "text" }, true],
  ["INTEGER", { type: "text" }, false],
  ["VARCHAR", { type: "json" }, true],
  ["STRUCT(a INTEGER)", { type: "json" }, false],
  ["VARCHAR", { type: "boolean" }, false],
] as const)("%s for %j: %s", (engineType, spec, expected) => {
  expect(fits(engineType, spec)).toBe(expected);
});

test("types go there and back", () => {
  expect(engineTypeOf({ type: "decimal", precision: 12, scale: 3 })).toBe("DECIMAL(12,3)");
  expect(engineTypeOf({ type: "decimal" })).toBe("DECIMAL(18,2)");
  for (const type of ["text", "integer", "number", "decimal", "boolean", "date", "timestamp"] as const) {
    expect(logicalTypeOf(engineTypeOf({ type }))).toBe(type);
  }
  expect(["INTEGER[]", "MAP(VARCHAR, INTEGER)", "INTERVAL"].map(logicalTypeOf)).toEqual([
    "json",
    "json",
    "text",
  ]);
});

test("only whole types are replaced", () => {
  const kept = {
    HUGEINT: "DECIMAL(38,0)",
    "UHUGEINT[][3]": "DECIMAL(38,0)[][]",
    JSON: "VARCHAR",
    BIGINT: "BIGINT",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP WITH TIME ZONE",
    TIMESTAMP_MS: "TIMESTAMP",
    "TIME WITH TIME ZONE[]": "VARCHAR[]",
    INTERVAL: "INTERVAL",
    "INTERVAL[]": "VARCHAR[]",
    'STRUCT("interval" INTEGER, b INTERVAL)': 'STRUCT("interval" INTEGER, b VARCHAR)',
    "ENUM('a', 'it''s, HUGEINT)')": "VARCHAR",
    "MAP(VARCHAR, HUGEINT)": "MAP(VARCHAR, DECIMAL(38,0))",
    'STRUCT(HUGEINT INTEGER, "x JSON" JSON, b STRUCT(JSON BIT))':
      'STRUCT(HUGEINT INTEGER, "x JSON" VARCHAR, b STRUCT(JSON VARCHAR))',
  };
  expect(Object.keys(kept).map(storedType)).toEqual(Object.values(kept));
});

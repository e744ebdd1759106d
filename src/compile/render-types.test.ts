import { describe, expect, test } from "vitest";
import type { ColumnSpec } from "../define/column.ts";
import { renderTypes } from "./render-types.ts";
import { columnTypeOf, valueTypeOf } from "./value-type.ts";

describe("valueTypeOf", () => {
  test.each([
    ["BIGINT", "number"],
    ["DECIMAL(4,1)", "string"],
    ["DECIMAL(38,0)", "string"],
    ["TIMESTAMP WITH TIME ZONE", "string"],
    ["TIMESTAMP_NS", "string"],
    ["INTERVAL", "string"],
    ["BLOB", "Uint8Array"],
    ["DOUBLE[]", "(number | null)[]"],
    ["VARCHAR[][]", "((string | null)[] | null)[]"],
    ["BLOB[]", "(Uint8Array | null)[]"],
    ["STRUCT(a DATE, b INTEGER[])", "{ a: string | null; b: (number | null)[] | null }"],
    [
      'STRUCT("a, b" DATE, "say ""hi""" BOOLEAN)',
      '{ "a, b": string | null; "say \\"hi\\"": boolean | null }',
    ],
    ["STRUCT(a STRUCT(b DECIMAL(9,2), c BIGINT))", "{ a: { b: string | null; c: number | null } | null }"],
    ["STRUCT(a INTEGER)[]", "({ a: number | null } | null)[]"],
    ["MAP(VARCHAR, BIGINT)", "Record<string, number | null>"],
    ["MAP(DECIMAL(9,2), STRUCT(x BOOLEAN))", "Record<string, { x: boolean | null } | null>"],
  ])("%s is %s", (engineType, expected) => {
    expect(valueTypeOf(engineType)).toBe(expected);
  });
});

describe("columnTypeOf", () => {
  const spec = (more: Partial<ColumnSpec>): ColumnSpec => ({
    type: "text",
    nullable: true,
    key: false,
    unique: false,
    tags: [],
    ...more,
  });

  test("may be null unless it is declared otherwise", () => {
    expect(columnTypeOf({ name: "a", engineType: "VARCHAR" })).toBe("string | null");
    expect(columnTypeOf({ name: "a", engineType: "VARCHAR", declared: spec({}) })).toBe("string | null");
    expect(columnTypeOf({ name: "a", engineType: "VARCHAR", declared: spec({ nullable: false }) })).toBe(
      "string",
    );
  });

  test("lists values that rows hold as they are written, and those alone", () => {
    const text = spec({ oneOf: ["a", 'say "hi"'] });
    expect(columnTypeOf({ name: "a", engineType: "VARCHAR", declared: text })).toBe(
      '"a" | "say \\"hi\\"" | null',
    );
    const decimal = spec({ type: "decimal", oneOf: [1] });
    expect(columnTypeOf({ name: "a", engineType: "DECIMAL(9,2)", declared: decimal })).toBe("string | null");
    const moment = spec({ type: "timestamp", oneOf: ["2026-01-01"] });
    expect(columnTypeOf({ name: "a", engineType: "TIMESTAMP", declared: moment })).toBe("string | null");
  });
});

describe("renderTypes", () => {
  test("makes the same text of the same datasets in any order", () => {
    const [one, two] = [
      { id: "a.b", columns: [{ name: "x", engineType: "BIGINT" }] },
      { id: "a.a", columns: [{ name: "x", engineType: "BIGINT" }] },
    ];
    expect(renderTypes([one, two])).toBe(renderTypes([two, one]));
  });

  test("is not led astray by descriptions", () => {
    const text = renderTypes([{ id: "a.b", description: "ends */ here\n\n  and // goes on", columns: [] }]);
    expect(text).toContain('  /** ends *\\/ here and // goes on */\n  "a.b": {\n  };\n');
  });

  test("a dataset of which nothing is known has rows of any kind", () => {
    expect(renderTypes([{ id: "a.b" }])).toContain('  "a.b": {\n    [column: string]: any;\n  };\n');
  });
});

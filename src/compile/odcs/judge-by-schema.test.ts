/** What the published schema says of mistakes, in words that help. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { misfitsOf } from "./judge-by-schema.ts";
import { readContract } from "./judge-document.ts";

const whole = `apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers:
  - { server: prod, type: postgres, host: db.example.com, port: 5432, database: shop, schema: public }
team: { name: sales, members: [{ username: ann, role: owner }] }
roles: [{ role: analyst, access: read }]
support: [{ channel: "#sales", tool: slack }]
price: { priceAmount: 9.5, priceCurrency: EUR }
slaProperties: [{ property: retention, value: 3, unit: y }]
customProperties: [{ property: a/b~c, value: 1 }]
schema:
  - name: orders
    relationships: [{ from: [orders.a, orders.b], to: [customers.a, customers.b] }]
    properties:
      - name: id
        logicalType: string
        logicalTypeOptions: { maxLength: 36 }
        relationships: [{ to: customers.id }]
        quality:
          - { type: library, metric: nullValues, mustBe: 0 }
          - { type: custom, engine: soda, implementation: "x" }
`;

describe("what the schema does not have is told with its line and a way out", () => {
  test("the document that the mistakes are made in has none", () => {
    expect(readContract("c.yaml", whole, misfitsOf).diagnostics).toEqual([]);
  });

  test.each([
    ["type: postgres,", "type: postgrs,", 7, '"type" is "postgrs"', 'did you mean "postgres"?'],
    ["host: db.example.com, ", "", 7, '"host" is missing', undefined],
    ["username: ann, ", "", 8, '"username" is missing', undefined],
    ["role: owner", "rolle: owner", 8, 'does not know "rolle"', 'did you mean "role"?'],
    [
      "[{ username: ann, role: owner }]",
      "ann",
      8,
      '"members" is "ann", and the standard has a list',
      undefined,
    ],
    ["access: read", "access: 3", 9, '"access" is 3, and the standard has a text', undefined],
    ["tool: slack", "colour: red", 10, 'does not know "colour"', "customProperties"],
    ["9.5", "free", 11, '"priceAmount" is "free", and the standard has a number', undefined],
    ["value: 3, ", "", 12, '"value" is missing', undefined],
    [
      "property: a/b~c, value: 1",
      "property: a, value: 1, a/b~c%23: 2",
      13,
      'does not know "a/b~c%23"',
      "customProperties",
    ],
    [", to: [customers.a, customers.b]", "", 16, '"to" is missing', undefined],
    ["maxLength: 36", "maxLenght: 36", 20, 'does not know "maxLenght"', 'did you mean "maxLength"?'],
    ["maxLength: 36", "maxLength: -1", 20, '"maxLength" is', undefined],
    [
      "to: customers.id",
      "to: the customers",
      21,
      '"to" is "the customers", which is not written',
      "table_name.column_name",
    ],
    [
      "to: customers.id",
      "to: customers.id, from: orders.id",
      21,
      "",
      "The 'from' field must not be specified",
    ],
    ["metric: nullValues", "metric: nulValues", 23, '"metric" is "nulValues"', 'did you mean "nullValues"?'],
    [", engine: soda", "", 24, '"engine" is missing', undefined],
    ["type: custom, ", "", 24, "has no place beside what else is said here", '"type"'],
  ])("%s made %s", (from, to, line, message, suggestion) => {
    expect(whole).toContain(from);
    const { diagnostics } = readContract("c.yaml", whole.replace(from, to), misfitsOf);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ path: "c.yaml", line, code: "bad-contract", severity: "error" });
    expect(diagnostics[0]?.message).toContain(message);
    if (suggestion !== undefined) expect(diagnostics[0]?.suggestion).toContain(suggestion);
  });

  test("all of them at once", () => {
    const text = whole
      .replace("tool: slack", "colour: red")
      .replace("9.5", "free")
      .replace("maxLength", "maxLenght");
    const { diagnostics } = readContract("c.yaml", text, misfitsOf);
    expect(diagnostics.map(({ line }) => line).toSorted((a = 0, b = 0) => a - b)).toEqual([10, 11, 20]);
  });
});

test("the format of a text is a remark", () => {
  const server = "type: postgres, host: db.example.com, port: 5432, database: shop, schema: public";
  expect(whole).toContain(server);
  const text = whole.replace(server, 'type: s3, location: "s3://a/{model} 1/*"');
  expect(readContract("c.yaml", text, misfitsOf).diagnostics).toEqual([]);
});

test("whatever is in a document, it is judged", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "a#%/~1", "__proto__", "schema", "team"),
  );
  const any = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.dictionary(odd, any), any, (extra, table) => {
      const text = JSON.stringify({
        ...extra,
        apiVersion: "v3.1.0",
        schema: [{ name: "t", properties: [table] }],
      });
      const { document, diagnostics } = readContract("c.json", text, misfitsOf);
      expect(document === undefined).toBe(diagnostics.length > 0);
      expect(diagnostics.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

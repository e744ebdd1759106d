/** A JSON schema in SQL says of any value what a plain reading of the schema says. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "../../src/define/check.ts";
import { type Asking, openAsking } from "./asking.ts";

let asking: Asking;
beforeAll(async () => {
  asking = await openAsking();
});
afterAll(() => asking[Symbol.asyncDispose]());

type Schema = Readonly<Record<string, unknown>>;

const names = fc.constantFrom("a", "b", "it's", "a/b", "~", "");
const scalar = fc.oneof(
  fc.constantFrom("", "a", "ab", "'", "é"),
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(0.5, 1.5),
  fc.boolean(),
  fc.constant(null),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 3 }),
  ),
}));

/** Up to three of the rules. */
const someOf = (rules: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Schema> =>
  fc
    .subarray(Object.keys(rules), { minLength: 1, maxLength: 3 })
    .chain((keywords) =>
      fc.record(
        Object.fromEntries(keywords.map((keyword) => [keyword, rules[keyword] ?? fc.constant(true)])),
      ),
    );

const types = ["string", "number", "integer", "boolean", "null", "object", "array"] as const;
const { schema } = fc.letrec<{ schema: Schema | boolean }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", maxDepth: 2 },
    fc.boolean(),
    // Few rules at a time: under many of them nothing fits.
    someOf({
      type: fc.oneof(fc.constantFrom(...types), fc.uniqueArray(fc.constantFrom(...types), { minLength: 1 })),
      enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
      const: scalar,
      minimum: fc.integer({ min: -1, max: 2 }),
      exclusiveMaximum: fc.integer({ min: -1, max: 2 }),
      minLength: fc.nat(2),
      maxLength: fc.nat(2),
      pattern: fc.constantFrom("a", "^a?$", "b$"),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      additionalProperties: fc.boolean(),
      minItems: fc.nat(2),
      maxItems: fc.nat(2),
      properties: fc.dictionary(names, tie("schema"), { maxKeys: 2 }),
      items: tie("schema"),
      not: tie("schema"),
      anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
      oneOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
      allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
    }),
  ),
}));

const isObject = (one: unknown): one is Readonly<Record<string, unknown>> =>
  typeof one === "object" && one !== null && !Array.isArray(one);

const isOf = (type: unknown, one: unknown): boolean => {
  if (type === "array") return Array.isArray(one);
  if (type === "object") return isObject(one);
  if (type === "null") return one === null;
  return type === "integer" ? Number.isInteger(one) : typeof one === type;
};

/** Whether a value fits, keyword by keyword. */
function fits(rules: unknown, one: unknown): boolean {
  if (typeof rules === "boolean") return rules;
  const said = rules as Record<string, never> & {
    readonly properties?: Record<string, unknown>;
    readonly required?: readonly string[];
    readonly anyOf?: readonly unknown[];
    readonly oneOf?: readonly unknown[];
    readonly allOf?: readonly unknown[];
    readonly enum?: readonly unknown[];
    readonly pattern?: string;
  };
  const has = (keyword: string): boolean => keyword in said;
  const fitting = (list: readonly unknown[] = []): number => list.filter((inner) => fits(inner, one)).length;
  const tests: boolean[] = [
    !has("type") || [said["type"]].flat().some((type) => isOf(type, one)),
    !has("enum") || (said.enum ?? []).includes(one),
    !has("const") || said["const"] === one,
    !has("not") || !fits(said["not"], one),
    !has("anyOf") || fitting(said.anyOf) > 0,
    !has("oneOf") || fitting(said.oneOf) === 1,
    !has("allOf") || fitting(said.allOf) === said.allOf?.length,
  ];
  if (typeof one === "number")
    tests.push(
      !has("minimum") || one >= said["minimum"]!,
      !has("exclusiveMaximum") || one < said["exclusiveMaximum"]!,
    );
  if (typeof one === "string")
    tests.push(
      !has("minLength") || one.length >= said["minLength"]!,
      !has("maxLength") || one.length <= said["maxLength"]!,
      said.pattern === undefined || new RegExp(said.pattern).test(one),
    );
  if (Array.isArray(one))
    tests.push(
      !has("minItems") || one.length >= said["minItems"]!,
      !has("maxItems") || one.length <= said["maxItems"]!,
      !has("items") || one.every((item) => fits(said["items"], item)),
    );
  if (isObject(one))
    tests.push(
      (said.required ?? []).every((name) => Object.hasOwn(one, name)),
      Object.entries(said.properties ?? {}).every(
        ([name, inner]) => !Object.hasOwn(one, name) || fits(inner, one[name]),
      ),
      said["additionalProperties"] !== false ||
        Object.keys(one).every((name) => Object.hasOwn(said.properties ?? {}, name)),
    );
  return tests.every(Boolean);
}

test("whatever the schema and the value", { timeout: 180_000 }, async () => {
  const schemas = fc.array(schema.filter(isObject), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(schemas, fc.array(value, { minLength: 1, maxLength: 12 }), async (made, values) => {
      const rows = values.map((one) => ({ json: JSON.stringify(one) }));
      const specs = made.map((one, at) => check.jsonSchema("json", one, { name: `schema ${at}` }));
      const found = await asking.findAll(specs, rows);
      for (const [at, one] of made.entries()) {
        const expected = values.filter((written) => !fits(one, written)).length;
        expect(
          found[at]?.value,
          `${JSON.stringify(one)} of ${JSON.stringify(values)}: ${found[at]?.message}`,
        ).toBe(expected);
      }
    }),
    { numRuns: 25 },
  );
});
